// Package audit owns the audit trail: who did what to what, when and from where,
// with what was before and after.
//
// An entry is written in the transaction of its act, so that there is neither
// without the other. Entries are only ever added: records, SQL and PocketBase's
// own API alike are refused to change or delete one. Each carries an HMAC over
// itself and the one before, by a key that lies beside the data; the chain's end
// is kept in a row of its own and, each hour, in a file, so that whatever
// somebody with access to the database alters, moves, adds, takes out or cuts
// off shows, see [Verify]. Nothing of the chain is in memory: any process that
// adds an entry reads the end inside its transaction.
//
// What is secret is never in an entry; what is personal is there as a keyed
// digest, so that a person can be forgotten although the trail cannot.
//
// Who acts rides in the app ([By]) and from there in the context of every record
// event, so that [Watch] knows without being told. The package does not know
// what the collections mean that it watches, or who may read the trail.
package audit

import (
	"context"
	"math"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// Register binds the package to app. The settings, which are below, are watched
// from here.
func Register(app core.App) {
	const id = "auditActor"
	app.OnModelCreate().Bind(&hook.Handler[*core.ModelEvent]{Id: id, Func: carry, Priority: math.MinInt32})
	app.OnModelUpdate().Bind(&hook.Handler[*core.ModelEvent]{Id: id, Func: carry, Priority: math.MinInt32})
	app.OnModelDelete().Bind(&hook.Handler[*core.ModelEvent]{Id: id, Func: carry, Priority: math.MinInt32})
	app.OnModelUpdate(paramsTable).BindFunc(watchPocketBase)
	app.OnRecordCreate(Collection).BindFunc(refuse)
	app.OnRecordUpdate(Collection).BindFunc(refuse)
	app.OnRecordDelete(Collection).BindFunc(refuse)
	app.Cron().MustAdd("auditAnchor", "7 * * * *", func() { keepAnchored(app) })
	app.Cron().MustAdd("auditCheck", "47 4 * * *", func() { checkNightly(app) })
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		keepAnchored(e.App)
		return e.Next()
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error { // after the last commit of the timeline
		if e.App.IsBootstrapped() { // an app may be ended twice
			keepAnchored(e.App)
		}
		return e.Next()
	})
	Watch(app, settings.Collection, Fields{ID: settings.FieldKey, Name: settings.FieldKey, Open: settings.FieldValue, Ignore: []string{settings.FieldKey}})
}

// refuse keeps the trail to what [Add] writes.
func refuse(*core.RecordEvent) error { return fail.New(fail.Forbidden, "audit.only_added") }

func keepAnchored(app core.App) {
	if err := Anchor(app); err != nil {
		app.Logger().Error("audit trail not anchored", "error", err)
	}
}

func checkNightly(app core.App) {
	report, err := Check(context.Background(), app, time.Now())
	switch {
	case err != nil:
		app.Logger().Error("audit trail not verified", "error", err)
	case !report.OK:
		app.Logger().Error("the audit trail was tampered with: run xiaoer audit verify", "faults", len(report.Faults))
	}
}
