// Package access owns who works here and what each may do: staff, roles,
// groups, sign-ins.
//
// Every other package asks it for a [Person], an immutable snapshot. Snapshots
// are cached by the version in the rights row, which record hooks move in the
// transaction of every change, so that a server learns within a second what a
// command in another process has done, and sees its own changes at once.
//
// A browser signs in at /sign-in and holds an opaque id in a cookie; a program
// uses PocketBase's endpoint and gets a token that is bound to a sign-in too.
// Both die with the sign-in, whose row says when.
package access

import (
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/web"
)

const keyPerson = "xiaoer.person"

// Register binds the package to app: its rules, routes and jobs are listed here.
func Register(app core.App, t *web.Table) {
	app.OnRecordCreate(Collection).BindFunc(normalize)
	app.OnRecordUpdate(Collection).BindFunc(normalize)
	app.OnRecordValidate(Collection).BindFunc(validStaff)
	app.OnRecordDelete(Collection).BindFunc(keepOwner)
	app.OnRecordValidate(collectionRoles).BindFunc(validRole)
	app.OnRecordDelete(collectionRoles).BindFunc(keepRole)
	app.OnRecordCreate(Collection, collectionRoles, collectionSignIns).BindFunc(bump)
	app.OnRecordUpdate(Collection, collectionRoles, collectionSignIns).BindFunc(bump)
	app.OnRecordDelete(Collection, collectionRoles, collectionSignIns).BindFunc(bump)
	app.OnRecordAfterCreateSuccess(Collection, collectionRoles, collectionSignIns).BindFunc(notice)
	app.OnRecordAfterUpdateSuccess(Collection, collectionRoles, collectionSignIns).BindFunc(notice)
	app.OnRecordAfterDeleteSuccess(Collection, collectionRoles, collectionSignIns).BindFunc(notice)

	t.Guard("", guard)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := rightsOf(e.App).start(e.App); err != nil {
			return err
		}
		return e.Next()
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		if r := rightsOf(e.App); r.stop != nil {
			r.stop()
		}
		return e.Next()
	})
}

// Of returns who the guard let in, nil on a route that anyone may call.
func Of(e *core.RequestEvent) *Person {
	p, _ := e.Get(keyPerson).(*Person)
	return p
}
