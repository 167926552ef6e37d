// Package quickreplies owns the sentences that agents do not want to type
// again: the shop's, a group's, and each agent's own.
//
// Everybody keeps their own. Those that others see change only at the hands of
// whoever may edit quick replies.
package quickreplies

import (
	"errors"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
)

// Register binds the invariants and the nightly sweep of what was deleted.
func Register(app core.App) {
	audit.Watch(app, Collection, trail)
	app.OnRecordValidate(Collection).BindFunc(check)
	app.Cron().MustAdd("quickreplies.sweep", "29 4 * * *", func() {
		if err := errors.Join(sweep(app, time.Now()), sweepPictures(app, time.Now())); err != nil {
			app.Logger().Error("forgetting deleted quick replies", "error", err)
		}
	})
}
