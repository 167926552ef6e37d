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
	"errors"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/limits"
	"github.com/dianxiaoer/xiaoer/hooks/outbox"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

const keyPerson = "xiaoer.person"

// Register binds the package to app: its rules, routes and jobs are listed here.
// exempt are networks from which sign-ins are not limited.
func Register(app core.App, t *web.Table, exempt limits.Exempt) {
	watched := []string{Collection, collectionRoles, collectionSignIns}
	app.OnRecordCreate(watched...).BindFunc(bump)
	app.OnRecordUpdate(watched...).BindFunc(bump)
	app.OnRecordDelete(watched...).BindFunc(bump)
	app.OnRecordAfterCreateSuccess(watched...).BindFunc(notice)
	app.OnRecordAfterUpdateSuccess(watched...).BindFunc(notice)
	app.OnRecordAfterDeleteSuccess(watched...).BindFunc(notice)

	trails(app)

	settings.Hold(app, securityKey, standardSecurity(), Security.check)

	app.OnRecordCreate(Collection).BindFunc(normalize)
	app.OnRecordUpdate(Collection).BindFunc(normalize)
	app.OnRecordValidate(Collection).BindFunc(validStaff)
	app.OnRecordDelete(Collection).BindFunc(keepOwner)
	app.OnRecordCreate(Collection).BindFunc(keepSuperuser)
	app.OnRecordUpdate(Collection).BindFunc(keepSuperuser)
	app.OnRecordDelete(Collection).BindFunc(withoutSuperuser)
	app.OnRecordValidate(core.CollectionNameSuperusers).BindFunc(validSuperuser)
	app.OnRecordUpdate(Collection).BindFunc(endOnNewPassword)
	app.OnRecordUpdate(Collection).BindFunc(endOnLeaving)
	app.OnRecordCreateRequest(collectionSignIns).BindFunc(onlyBySigningIn)
	app.OnRecordUpdateRequest(collectionSignIns).BindFunc(onlyBySigningIn)
	app.OnRecordCreate(Collection).BindFunc(keepTwoStep)
	app.OnRecordUpdate(Collection).BindFunc(keepTwoStep)
	app.OnRecordValidate(collectionRoles).BindFunc(validRole)
	app.OnRecordDelete(collectionRoles).BindFunc(keepRole)
	app.OnRecordValidate(CollectionGroups).BindFunc(validGroup)
	app.OnRecordDelete(CollectionGroups).BindFunc(groupLeaves)

	tries := newGuesses(exempt)
	app.Store().Set(guessesKey, tries)
	app.OnRecordAuthWithPasswordRequest(Collection, core.CollectionNameSuperusers).BindFunc(tries.byEndpoint)
	app.OnRecordAuthRequest(Collection).BindFunc(bindToken)

	jobs(app)
	outbox.Handle(app, effectReset, sendReset)
	t.Area(web.Area{Key: "security", Section: web.System, Icon: "lock", Path: pathSecurity, Any: []web.Permission{SecurityEdit}})
	t.Guard("", guard)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{Id: "xiaoerDashboard", Func: closeDashboard, Priority: apis.DefaultLoadAuthTokenMiddlewarePriority + 1})
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{Id: "xiaoerBuiltin", Func: closeBuiltin, Priority: apis.DefaultRateLimitMiddlewarePriority - 5})
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{Id: "xiaoerActor", Func: actAsSuperuser, Priority: apis.DefaultLoadAuthTokenMiddlewarePriority + 10})
		t.Pages(e.Router, tries.routes()...)
		if err := rightsOf(e.App).start(e.App); err != nil {
			return err
		}
		return e.Next()
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		rightsOf(e.App).end()
		return e.Next()
	})
}

// trails has changes of people, roles, groups and sign-ins told in the audit trail.
func trails(app core.App) {
	audit.Watch(app, Collection, staffTrail)
	audit.Watch(app, collectionRoles, roleTrail)
	audit.Watch(app, CollectionGroups, groupTrail)
	audit.Watch(app, collectionSignIns, signInTrail)
	audit.Watch(app, core.CollectionNameSuperusers, superuserTrail)
}

// jobs keep sign-ins and pictures no longer than they are of use.
func jobs(app core.App) {
	app.Cron().MustAdd("xiaoerSignIns", "41 4 * * *", func() {
		now := time.Now()
		if err := errors.Join(forget(app, now), forgetOverdue(app, now)); err != nil {
			app.Logger().Error("old sign-ins not dropped", "error", err)
		}
	})
	app.Cron().MustAdd("xiaoerAvatars", "23 * * * *", func() {
		if err := sweepAvatars(app, time.Now()); err != nil {
			app.Logger().Error("old avatars not swept", "error", err)
		}
	})
}

// Of returns who the guard let in, nil on a route that anyone may call.
func Of(e *core.RequestEvent) *Person {
	p, _ := e.Get(keyPerson).(*Person)
	return p
}
