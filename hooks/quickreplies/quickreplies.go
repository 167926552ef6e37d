// Package quickreplies owns the sentences that agents do not want to type
// again: the shop's, a group's, and each agent's own.
//
// Everybody keeps their own. Those that others see change only at the hands of
// whoever may edit quick replies.
package quickreplies

import (
	"errors"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// Register binds the invariants, the pages, and the nightly sweep of what was
// deleted.
func Register(app core.App, t *web.Table) {
	audit.Watch(app, Collection, trail)
	t.Area(web.Area{
		Key: area, Section: web.Service, Icon: "bolt", Path: at, Any: []web.Permission{access.QuickRepliesEdit, access.ConversationsReply}, Find: search,
	})
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		t.Pages(e.Router, routes()...)
		t.API(e.Router, web.Route{Method: http.MethodGet, Path: "/api/xiaoer/quick-replies/{id}/picture", Permission: web.SignedIn, Handle: picture})
		return e.Next()
	})
	app.OnRecordValidate(Collection).BindFunc(check)
	access.OnGroupLeaves(app).BindFunc(followGroup)
	app.Cron().MustAdd("quickreplies.sweep", "29 4 * * *", func() {
		if err := errors.Join(sweep(app, time.Now()), sweepPictures(app, time.Now())); err != nil {
			app.Logger().Error("forgetting deleted quick replies", "error", err)
		}
	})
}
