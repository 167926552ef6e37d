package quickreplies

import (
	"strings"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/sheets"
)

// Whatever a list holds, its rows become drafts that the rules can judge.
func FuzzRead(f *testing.F) {
	f.Add("短码,内容,范围\nhi,您好,店铺\n")
	f.Add("code;text;scope;group\n/a b;{{.}};everybody;x\n")
	f.Add("内容\n\"=1+1\n\"\n")
	f.Fuzz(func(t *testing.T, raw string) {
		table, err := sheets.Read(strings.NewReader(raw))
		if err != nil {
			return
		}
		lines, err := read(table, Staff)
		if err != nil {
			return
		}
		for _, l := range lines {
			if l.Draft != l.Draft.tidy() || l.Line < 2 {
				t.Fatalf("%+v", l)
			}
			_ = checkWords(l.Draft)
			_ = Unknown(l.Draft.Text)
			_ = identity(l.Draft)
		}
	})
}
