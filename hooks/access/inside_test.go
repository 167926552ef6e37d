package access

import (
	"bytes"
	"encoding/base64"
	"math/bits"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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
		"kafu-7mzp-q3wd":         "",
		"Owner@2024":             "",
		"wangjing-maomi":         "",
		"13800138000-mimi-maomi": "",
		"short77":                "access.password_short",
		"":                       "access.password_short",
		strings.Repeat("长", 24):  "access.password_long",
		strings.Repeat("ab", 40): "access.password_long",
		"12345678":               "access.password_common",
		"PassWord123":            "access.password_common",
		"P@ssw0rd2024":           "access.password_common",
		"Password!!!":            "access.password_common",
		"aaaaaaaaaa":             "access.password_common",
		"abcabcabcabc":           "access.password_common",
		"23456789":               "access.password_common",
		"hgfedcba":               "access.password_common",
		"1qaz2wsx":               "access.password_common",
		"trustno1!":              "access.password_common",
		"woaini1314":             "access.password_common",
		"taobao888":              "access.password_common",
		"wang19880506":           "access.password_common",
		"zhang123456":            "access.password_common",
		"19880506":               "access.password_common",
		"13912345678":            "access.password_common",
		"xiaoman1":               "access.password_own",
		"shopkeeper@1":           "access.password_own",
		"Wang Xiaoman":           "access.password_own",
	} {
		err := checkPassword(8, password, "XiaoMan", "wang xiaoman", "shopkeeper@heye.cn", "13800138000")
		got := ""
		if err != nil {
			got = fail.Of(err).Key
		}
		if got != key {
			t.Errorf("%q: %q, want %q", password, got, key)
		}
	}
	if err := checkPassword(12, "kafu-7mzp-q"); fail.Of(err).Key != "access.password_short" {
		t.Errorf("the shop asks for twelve characters: %v", err)
	}
	start := time.Now()
	for _, password := range []string{strings.Repeat("a1", 35), strings.Repeat("p@ssw0rd", 8), strings.Repeat("4@8", 23)} {
		_ = checkPassword(8, password)
	}
	if took := time.Since(start); took > 2*time.Second { // they would take years
		t.Errorf("hostile passwords take %s", took)
	}
}

// Somebody guesses at the owner's account, from one address and from very many,
// a hundred at a time. The owner, elsewhere, still gets in.
func TestGuessesNeverLockTheOwnerOut(t *testing.T) {
	t.Parallel()
	g := newGuesses(nil)
	var let atomic.Int64
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			for range 10 {
				if _, err := g.password("owner@heye.cn", "198.51.100.1"); err == nil {
					let.Add(1)
				}
			}
		})
	}
	all.Wait()
	if let.Load() != mostHere {
		t.Errorf("%d of 1000 guesses from one address were let through, want %d", let.Load(), mostHere)
	}
	for i := range 500 {
		_, _ = g.password("owner@heye.cn", "203.0.113."+strconv.Itoa(i%250))
	}
	for range 3 {
		try, err := g.password("owner@heye.cn", "192.0.2.7")
		if err != nil {
			t.Fatalf("the owner is locked out: %v", err)
		}
		try.right()
	}
	if _, err := g.password("owner@heye.cn", "192.0.2.7"); err != nil { // mistyped
		t.Fatal(err)
	}
	_, err := g.password("owner@heye.cn", "192.0.2.7")
	if f := fail.Of(err); f.Kind != fail.Limit || f.After <= 0 {
		t.Errorf("under attack an address has one attempt: %v", f)
	}
	if _, err := g.password("ann@heye.cn", "192.0.2.7"); err != nil {
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
			if _, err := g.password("a"+strconv.Itoa(i)+"@heye.cn", address); err == nil {
				let[address]++
			}
		}
	}
	if let["198.51.100.1"] != mostThere || let["127.0.0.9"] != 1000 {
		t.Errorf("let through: %v", let)
	}
}

// Six digits are few. Whoever knows the password and guesses at them from
// everywhere is stopped; whoever has a recovery code still gets in.
func TestCodesAreGuessedRarely(t *testing.T) {
	t.Parallel()
	g := newGuesses(nil)
	let := 0
	for i := range 1000 {
		if _, err := g.code("s1", "203.0.113."+strconv.Itoa(i%250), "123456"); err == nil {
			let++
		}
	}
	if let != mostCodes {
		t.Errorf("%d of 1000 codes were let through, want %d", let, mostCodes)
	}
	if _, err := g.code("s1", "192.0.2.7", "abcd-efgh-ijkl"); err != nil {
		t.Errorf("a recovery code is locked out: %v", err)
	}
	if _, err := g.code("s2", "192.0.2.7", "123456"); err != nil {
		t.Errorf("another account suffers: %v", err)
	}
}

// A sign-in ends of itself: a browser when it is idle or old, a token at its end.
func TestSignInsComeToTheirEnd(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	rules := Security{IdleMinutes: 60, LongestDays: 2}
	for name, c := range map[string]struct {
		kind        string
		seen, after time.Duration
		want        string
	}{
		"just now":                     {kindConsole, 0, time.Minute, ""},
		"used within the hour":         {kindConsole, 5 * time.Hour, 6*time.Hour - time.Second, ""},
		"idle for an hour":             {kindConsole, 5 * time.Hour, 6 * time.Hour, whyIdle},
		"used all the time, two days":  {kindConsole, 48 * time.Hour, 48 * time.Hour, whyExpired},
		"a token is not idle":          {kindAPI, 0, 47 * time.Hour, ""},
		"a token outlives the rules":   {kindAPI, 0, 71 * time.Hour, ""},
		"a token ends":                 {kindAPI, 71 * time.Hour, 72 * time.Hour, whyExpired},
		"the clock has gone backwards": {kindConsole, time.Hour, 30 * time.Minute, ""},
	} {
		s := &session{kind: c.kind, began: began, ends: began.Add(72 * time.Hour)}
		s.seen.Store(began.Add(c.seen).Unix())
		if got := s.over(rules, began.Add(c.after)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestDuties(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	rules := Security{RotationDays: 30, TwoStep: []string{Owner, "r1"}}
	for name, c := range map[string]struct {
		person Person
		want   Duty
	}{
		"nothing":                    {Person{Role: Agent, RoleID: "r0", PasswordSet: now.AddDate(0, 0, -29)}, NoDuty},
		"an old password":            {Person{Role: Agent, PasswordSet: now.AddDate(0, 0, -30)}, RenewPassword},
		"an initial one comes first": {Person{Role: Owner, MustChange: true, PasswordSet: now.AddDate(0, 0, -90)}, ReplaceInitial},
		"no second step":             {Person{Role: Owner, PasswordSet: now}, BeginTwoStep},
		"a role of the shop's":       {Person{RoleID: "r1", PasswordSet: now}, BeginTwoStep},
		"with a second step":         {Person{Role: Owner, TwoStep: true, PasswordSet: now}, NoDuty},
		"nobody of no role":          {Person{PasswordSet: now}, NoDuty},
	} {
		if got := dutyOf(&c.person, rules, now); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	if got := dutyOf(&Person{PasswordSet: time.Time{}}, Security{}, now); got != NoDuty {
		t.Errorf("without a period no password is too old: %d", got)
	}
}

// RFC 6238, appendix B, with six digits.
func TestCodesAreThoseOfTheStandard(t *testing.T) {
	t.Parallel()
	secret := []byte("12345678901234567890")
	for unix, code := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		at := time.Unix(unix, 0)
		if got := stepOf(secret, code, at); got != unix/30 {
			t.Errorf("at %d: step %d", unix, got)
		}
		for off, ok := range map[time.Duration]bool{-60 * time.Second: false, -30 * time.Second: true, 30 * time.Second: true, 61 * time.Second: false} {
			if got := stepOf(secret, code, at.Add(off)) != 0; got != ok && unix > 60 {
				t.Errorf("at %d, %s off: %t", unix, off, got)
			}
		}
	}
	for _, code := range []string{"", "28708", "2870820", "abcdef", "-87082", "２８７０８２"} {
		if stepOf(secret, code, time.Unix(59, 0)) != 0 {
			t.Errorf("%q opens", code)
		}
	}
}

func TestRecoveryCodesAreMany(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		for _, code := range newRecoveryCodes() {
			if seen[code] || len(code) != 14 || !isRecoveryCode(code) || !isCode(code) || isRecoveryCode("123456") {
				t.Fatalf("code %q", code)
			}
			seen[code] = true
		}
	}
	if recoveryHash("ann", "ABCD efgh-ijkl") != recoveryHash("ann", "abcd-efgh-ijkl") || recoveryHash("ann", "abcd-efgh-ijkl") == recoveryHash("bo", "abcd-efgh-ijkl") {
		t.Error("a code is its person's, however it is typed")
	}
}

// A million secrets, and none twice; bits are set as often as not.
func TestSecretsAreRandom(t *testing.T) {
	t.Parallel()
	seen := make(map[[32]byte]bool, 1<<17)
	ones := 0
	for range 1 << 17 {
		raw, err := base64.RawURLEncoding.DecodeString(secret())
		if err != nil || len(raw) != 32 || seen[[32]byte(raw)] {
			t.Fatalf("%x %v", raw, err)
		}
		seen[[32]byte(raw)] = true
		for _, b := range raw {
			ones += bits.OnesCount8(b)
		}
	}
	if share := float64(ones) / (1 << 17) / 256; share < 0.499 || share > 0.501 {
		t.Errorf("%.4f of the bits are set", share)
	}
}

func TestDevicesHaveNames(t *testing.T) {
	t.Parallel()
	say := locale.In("zh-CN")
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36":                     "Chrome · Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0":       "Edge · Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 14_1) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/605.1.15":                  "Safari · Mac",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.44": "微信 · iPhone",
		"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36 wxwork/4.1":    "企业微信 · Android",
		"Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0":                                                              "Firefox · Linux",
		"Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36 HuaweiBrowser/5.0 Mobile": "华为浏览器 · 鸿蒙",
		"curl/8.5.0":                    "curl/8.5.0",
		"":                              "未知设备",
		"Go-http-client/1.1 (whatever)": "Go-http-client/1.1",
	} {
		if got := DeviceName(agent, say); got != want {
			t.Errorf("%s: %q, want %q", agent, got, want)
		}
	}
}

// For claims from outside, about what happens between two steps.
var (
	SetPassword = setPassword
	Begin       = begin
	Issue       = issue
	Change      = change
)

// One account is guessed at under one name, however that is written.
func TestAttemptsCountHoweverTheNameIsWritten(t *testing.T) {
	t.Parallel()
	for _, list := range [][]string{
		{"13800138000", "138-0013-8000", "1.3800138000", " 138 0013 8000 ", "(138)00138000"},
		{"ann@heye.cn", " Ann@heye.CN "},
	} {
		for _, written := range list {
			if got := identityKey(written); got != list[0] {
				t.Errorf("identityKey(%q) = %q, want %q", written, got, list[0])
			}
		}
	}
}

// C54. However an address of somebody else's is spelled, a browser that follows
// what is made of it stays here.
func TestNoSpellingLeadsAway(t *testing.T) {
	t.Parallel()
	tried := 0
	here := must(url.Parse("https://kf.example.com/sign-in"))
	for _, scheme := range []string{"", "https:", "HTTPS:", "http:", "javascript:", "data:text/html,", "//", "/", " ", "\t", "%0a"} {
		for _, slashes := range []string{"", "/", "//", "///", "\\", "/\\", "\\/", "\\\\", "/\t/", "/%2f", "/%5c", "/.//", "/..//"} {
			for _, host := range []string{"evil.example", "evil.example/desk", "kf.example.com@evil.example", "evil.example%23.kf.example.com"} {
				tried++
				next := scheme + slashes + host
				to := localPath(next)
				// Browsers drop tabs and line ends, and take a backslash for a slash.
				seen := strings.NewReplacer("\\", "/", "\t", "", "\n", "", "\r", "").Replace(to)
				u, err := here.Parse(seen)
				if err != nil || u.Host != here.Host || u.Scheme != here.Scheme || !strings.HasPrefix(to, "/") {
					t.Errorf("%q leads to %q, which is %v (%v)", next, to, u, err)
				}
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d were tried", tried)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestWhatIsOfferedIsOfItsOwn(t *testing.T) {
	t.Parallel()
	key, other := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	secret := enrolment(key, "signin1")
	if bytes.Equal(secret, enrolment(key, "signin2")) || bytes.Equal(secret, enrolment(other, "signin1")) || len(secret) != 20 {
		t.Error("two sign-ins are offered one secret")
	}
}
