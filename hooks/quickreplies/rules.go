package quickreplies

import (
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// check holds a quick reply to its rules, whoever writes it.
func check(e *core.RecordEvent) error {
	q := wrap(e.Record)
	if q.Text() == "" {
		return fail.New(fail.Invalid, "quickreplies.text_missing").On("text")
	}
	if strings.ContainsAny(q.Code(), " \t\n/") {
		return fail.New(fail.Invalid, "quickreplies.code_wrong").On("code")
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
