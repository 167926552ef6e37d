package notices

import (
	"slices"
	"unicode/utf8"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

const (
	longestName = 40
	longestCode = 40
	mostCodes   = 50
)

// check holds a robot to its rules, whoever writes it. An address that was not
// sealed here, such as one that was typed into the dashboard, is none.
func check(e *core.RecordEvent) error {
	b := wrap(e.Record)
	if b.Name() == "" {
		return fail.New(fail.Invalid, "notices.name_missing").On("name")
	}
	if utf8.RuneCountInString(b.Name()) > longestName {
		return fail.New(fail.Invalid, "fail.too_long", "Most", longestName).On("name")
	}
	if !slices.Contains(Kinds, b.Kind()) || !e.Record.IsNew() && wrap(e.Record.Original()).Kind() != b.Kind() {
		return fail.New(fail.Invalid, "fail.invalid").On("kind")
	}
	codes, err := b.codes()
	if err != nil || len(codes) > mostCodes || slices.ContainsFunc(codes, func(c string) bool { return c == "" || len(c) > longestCode }) {
		return fail.New(fail.Invalid, "fail.invalid").On("codes").Because(err)
	}
	if err := checkTarget(e.App, e.Record, b); err != nil {
		return err
	}
	return e.Next()
}

func checkTarget(app core.App, r *core.Record, b *Robot) error {
	if !r.IsNew() && wrap(r.Original()).sealed() == b.sealed() {
		return nil // one whose key is lost can still be switched off
	}
	if to, err := b.target(app); err != nil || to.address == "" {
		return fail.New(fail.Invalid, "notices.address_sealed").On("address").Because(err)
	}
	return nil
}

// followGroup lets robots that tell of a group which is deleted tell of its heir.
// One that told of no other and has no heir falls silent: to tell of everything
// is not what it was for.
func followGroup(e *access.GroupLeavesEvent) error {
	var list []*Robot
	if err := e.App.RecordQuery(Collection).AndWhere(dbx.Like("groups", e.Group)).All(&list); err != nil {
		return err
	}
	for _, b := range list {
		groups := slices.DeleteFunc(b.Groups(), func(id string) bool { return id == e.Group || id == e.Heir })
		if e.Heir != "" {
			groups = append(groups, e.Heir)
		}
		if len(groups) == 0 {
			b.turn(false)
		}
		b.serve(groups)
		if err := e.App.Save(b); err != nil {
			return err
		}
	}
	return e.Next()
}
