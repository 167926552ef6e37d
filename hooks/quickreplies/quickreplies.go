// Package quickreplies owns the sentences that agents do not want to type
// again: the shop's, a group's, and each agent's own.
//
// Everybody keeps their own. Those that others see change only at the hands of
// whoever may edit quick replies.
package quickreplies

import "github.com/pocketbase/pocketbase/core"

// Register binds the invariants.
func Register(app core.App) {
	app.OnRecordValidate(Collection).BindFunc(check)
}
