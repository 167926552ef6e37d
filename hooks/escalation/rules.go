package escalation

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// check holds a rule to what a rule can be, whoever writes it.
func check(e *core.RecordEvent) error {
	r := wrap(e.Record)
	if err := checkName(r.Name()); err != nil {
		return err
	}
	var when When
	if err := unpack(r.conditions(), &when); err != nil {
		return fail.Of(err).On("conditions")
	}
	if err := when.check(); err != nil {
		return err
	}
	var then Then
	if err := unpack(r.actions(), &then); err != nil {
		return fail.Of(err).On("actions")
	}
	if err := then.check(); err != nil {
		return err
	}
	return e.Next()
}

func checkName(name string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return wrong("escalation.name_missing", "name")
	case utf8.RuneCountInString(name) > longestName:
		return wrong("fail.too_long", "name", "Most", longestName)
	case strings.ContainsFunc(name, unicode.IsControl):
		return wrong("fail.invalid", "name")
	}
	return nil
}
