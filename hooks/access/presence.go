package access

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

const (
	actPresence        = "staff.presence_set"
	mostPresenceReason = 100
)

// SetPresence says whether somebody may be given conversations.
func SetPresence(app core.App, id, status, reason string) error {
	now := clock.Now(app)
	return change(app, id, func(s *Staff) { s.be(status, clip(reason, mostPresenceReason), now) })
}

// SetPresenceOf says it for a colleague. Errors: unauthorized, forbidden,
// not_found.
func SetPresenceOf(app core.App, by *Person, id, status, reason string) error {
	err := as(app, by, StaffPresence, func(app core.App, fresh *Person) error {
		target, err := Present(app, id)
		if err != nil {
			return fail.New(fail.NotFound, "fail.not_found").On("staff").Because(err)
		}
		if err := MayManage(fresh, target); err != nil {
			return err
		}
		if err := SetPresence(app, id, status, reason); err != nil {
			return err
		}
		actor := by.Actor()
		return audit.Add(app, audit.Entry{
			Act: actPresence, Object: audit.Object{Kind: Collection, ID: id, Name: target.Nickname}, Actor: &actor,
			Reason: clip(reason, mostPresenceReason), Changes: []audit.Change{{Field: "presence", Before: target.Presence, After: status}},
		})
	})
	if err != nil {
		return fmt.Errorf("set presence of %s: %w", id, err)
	}
	return nil
}
