package quickreplies

import (
	"strings"
	"unicode/utf8"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// check holds a quick reply to its rules, whoever writes it.
func check(e *core.RecordEvent) error {
	q := wrap(e.Record)
	if err := checkWords(Draft{Code: q.Code(), Title: q.Title(), Text: q.Text(), Category: q.Category()}); err != nil {
		return err
	}
	if (q.Scope() == Staff) != (q.Staff() != "") || (q.Scope() == Group) != (q.Group() != "") {
		return fail.New(fail.Invalid, "quickreplies.scope_wrong").On("scope")
	}
	if !q.gone().IsZero() {
		return e.Next()
	}
	taken, err := codeTaken(e.App, q)
	if err != nil {
		return err
	}
	if taken {
		return fail.New(fail.Conflict, "quickreplies.code_taken", "Code", q.Code()).On("code")
	}
	return e.Next()
}

// Lengths in code points, as the schema has them.
const (
	longestCode     = 20
	longestTitle    = 60
	longestText     = 5000
	longestCategory = 30
)

// checkWords says the first thing that is wrong with what is written.
func checkWords(d Draft) error {
	if d.Text == "" {
		return fail.New(fail.Invalid, "quickreplies.text_missing").On("text")
	}
	if strings.ContainsAny(d.Code, " \t\n/") {
		return fail.New(fail.Invalid, "quickreplies.code_wrong").On("code")
	}
	for _, part := range []struct {
		name, text string
		most       int
	}{{"code", d.Code, longestCode}, {"title", d.Title, longestTitle}, {"text", d.Text, longestText}, {"category", d.Category, longestCategory}} {
		if utf8.RuneCountInString(part.text) > part.most {
			return fail.New(fail.Invalid, "fail.too_long", "Most", part.most).On(part.name)
		}
	}
	return nil
}

// codeTaken reports whether another one of the same owner has the code.
func codeTaken(app core.App, q *QuickReply) (bool, error) {
	if q.Code() == "" {
		return false, nil
	}
	var n int
	err := app.DB().Select("COUNT(*)").From(Collection).
		Where(of(q.Scope())).AndWhere(dbx.HashExp{"group": q.Group(), "staff": q.Staff(), "code": q.Code()}).
		AndWhere(dbx.NewExp("deleted = ''")).AndWhere(dbx.Not(dbx.HashExp{"id": q.Id})).Row(&n)
	return n > 0, err
}
