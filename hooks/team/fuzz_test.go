package team

import (
	"strings"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/access"
)

// Whatever is uploaded: every row becomes one candidate, with a role to look up
// and groups without empty names, and nothing panics.
func FuzzCandidates(f *testing.F) {
	for _, seed := range []string{
		"昵称,手机号\n小一,13900000001\n", "nickname;email;groups\r\nMia;m@x.cn;a|b,,c\r\n", "\ufeff昵称\t邮箱\t接待上限\n=cmd|'/c'!A1\t@x\t-1\n",
		"\xea\xc7\xb3\xc6,\xca\xd6\xbb\xfa\n", "昵称,手机号\n\"a\nb\",\"1\"\"2\"\n", "昵称,手机号,昵称\na,1\n,,\n", "\xff\xfe\x0a\x00", "昵称,手机号\n'=1+1,'+8613900000001\n", "nickname,mail\n\r0",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := candidatesOf(text)
		if err != nil {
			return
		}
		if len(list) == 0 || len(list) > mostImported {
			t.Fatalf("%d candidates", len(list))
		}
		for _, c := range list {
			if c.who.Role == "" || c.line < 2 || c.who.Nickname != strings.TrimSpace(c.who.Nickname) {
				t.Fatalf("candidate %+v", c.who)
			}
			for _, group := range c.who.Groups {
				if strings.TrimSpace(group) == "" {
					t.Fatalf("an empty group in %q", c.cells["groups"])
				}
			}
			if c.cells["cap"] != "" && c.who.Cap == 0 || c.cells["role"] == "" && c.who.Role != access.Agent {
				t.Fatalf("read as %+v", c.who)
			}
		}
		if again, err := candidatesOf(rewritten(text)); err != nil || len(again) != len(list) || again[0].who.Nickname != list[0].who.Nickname {
			t.Fatalf("rewritten it reads otherwise: %v", err)
		}
	})
}
