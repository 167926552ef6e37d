package access

import (
	"strconv"
	"strings"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/limits"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

func TestEveryPermissionRoleAndGroupHasWords(t *testing.T) {
	t.Parallel()
	for _, lang := range locale.Languages {
		for _, p := range Permissions {
			if text := Describe(p, lang); strings.HasPrefix(text, "access.") {
				t.Errorf("%s: no text for %s", lang, p)
			}
		}
		say := locale.In(lang)
		for _, p := range presets {
			if key := "access.role_" + localeKey(p.key); say.T(key) == key {
				t.Errorf("%s: no name for the role %s", lang, p.key)
			}
			for _, allowed := range p.allowed {
				if text := Describe(allowed, lang); strings.HasPrefix(text, "access.") {
					t.Errorf("role %s allows %s, which has no text", p.key, allowed)
				}
			}
		}
		for _, key := range presetGroups {
			if key = "access.group_" + localeKey(key); say.T(key) == key {
				t.Errorf("%s: no text for %s", lang, key)
			}
		}
	}
}

// After a sign-in nobody lands at an address of somebody else's.
func TestNextIsALocalPath(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"/desk":                     "/desk",
		"/desk?conversation=a%20b":  "/desk?conversation=a%20b",
		"/password":                 "/password",
		"":                          home,
		"desk":                      home,
		"//evil.example":            home,
		"///evil.example":           home,
		"/\\evil.example":           home,
		"\\\\evil.example":          home,
		"/%2Fevil.example":          home,
		"/\t/evil.example":          home,
		"https:evil.example":        home,
		"https://evil.example/desk": home,
		"http:/evil.example":        home,
		"javascript:alert(1)":       home,
		"data:text/html,x":          home,
		"/sign-in?next=/sign-in":    home,
		"/desk\r\nSet-Cookie: a=b":  home,
		"http://[::1":               home,
	} {
		if got := localPath(next); got != want {
			t.Errorf("localPath(%q) = %q, want %q", next, got, want)
		}
	}
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	for password, key := range map[string]string{
		"correct-horse-7":        "",
		"今天天气真不错哦":               "",
		"xiaoman-likes-honey":    "",
		"short77":                "access.password_short",
		"":                       "access.password_short",
		strings.Repeat("长", 24):  "access.password_long",
		strings.Repeat("ab", 40): "access.password_long",
		"12345678":               "access.password_common",
		"PassWord123":            "access.password_common",
		"aaaaaaaaaa":             "access.password_common",
		"23456789":               "access.password_common",
		"hgfedcba":               "access.password_common",
		"xiaoman1":               "access.password_own",
		"Owner@2024":             "",
		"manager@1":              "access.password_own",
		"13800138000":            "access.password_own",
	} {
		err := CheckPassword(password, "XiaoMan", "manager@heye.cn", "13800138000")
		got := ""
		if err != nil {
			got = fail.Of(err).Key
		}
		if got != key {
			t.Errorf("%q: %q, want %q", password, got, key)
		}
	}
}

// Somebody guesses at the owner's account, from one address and from very many.
// The owner, elsewhere, still gets in.
func TestGuessesNeverLockTheOwnerOut(t *testing.T) {
	t.Parallel()
	g := newGuesses(nil)
	let := 0
	for range 1000 {
		if g.allow("owner@heye.cn", "198.51.100.1") == nil {
			let++
			g.failed("owner@heye.cn", "198.51.100.1")
		}
	}
	if let != mostHere {
		t.Errorf("%d of 1000 guesses from one address were let through, want %d", let, mostHere)
	}
	for i := range 500 {
		address := "203.0.113." + strconv.Itoa(i%250)
		if g.allow("owner@heye.cn", address) == nil {
			g.failed("owner@heye.cn", address)
		}
	}
	if err := g.allow("owner@heye.cn", "192.0.2.7"); err != nil {
		t.Errorf("the owner is locked out: %v", err)
	}
	g.failed("owner@heye.cn", "192.0.2.7") // mistyped
	f := fail.Of(g.allow("owner@heye.cn", "192.0.2.7"))
	if f.Kind != fail.Limit || f.After <= 0 {
		t.Errorf("under attack an address has one attempt: %v", f)
	}
	if err := g.allow("ann@heye.cn", "192.0.2.7"); err != nil {
		t.Errorf("another account suffers: %v", err)
	}
}

func TestOneGuessAtManyAccountsIsLimitedByAddress(t *testing.T) {
	t.Parallel()
	exempt, err := limits.ParseExempt([]string{"127.0.0.0/8"})
	if err != nil {
		t.Fatal(err)
	}
	g := newGuesses(exempt)
	let := map[string]int{}
	for i := range 1000 {
		for _, address := range []string{"198.51.100.1", "127.0.0.9"} {
			if g.allow("a"+strconv.Itoa(i)+"@heye.cn", address) == nil {
				let[address]++
				g.failed("a"+strconv.Itoa(i)+"@heye.cn", address)
			}
		}
	}
	if let["198.51.100.1"] != mostThere || let["127.0.0.9"] != 1000 {
		t.Errorf("let through: %v", let)
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	for phone, want := range map[string]string{"13800138000": "138****8000", "+8613800138000": "+86****8000", "12345": "***45", "1": "*", "": ""} {
		if got := Mask(phone); got != want {
			t.Errorf("Mask(%q) = %q, want %q", phone, got, want)
		}
	}
}
