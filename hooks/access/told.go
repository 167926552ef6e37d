package access

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
)

// What of signing in is in the audit trail beside the records that change: see
// signInTrail and staffTrail.
const (
	actFailed        = "sign_ins.failed"
	actDashboard     = "sign_ins.dashboard_opened"
	actRecovery      = "sign_ins.recovery_code_used"
	actRecoveryCodes = "sign_ins.recovery_codes_made"
	actResetSent     = "sign_ins.reset_sent"
	actResetDone     = "sign_ins.reset_done"
)

// tell writes what was done with the sign-in of staff, by whose app it is.
func tell(app core.App, act, staff, reason string) error {
	e := audit.Entry{Act: act, Object: audit.Object{Kind: Collection, ID: staff}, Reason: reason}
	if s, err := StaffByID(app, staff); err == nil {
		e.Object.Name = s.Nickname()
	}
	if err := audit.Add(app, e); err != nil {
		return fmt.Errorf("tell of %s: %w", act, err)
	}
	return nil
}

// asSelf is app in the hands of somebody who acts for themselves, and is not
// signed in yet.
func asSelf(app core.App, s *Staff, from Device) core.App {
	return audit.By(app, audit.Actor{Kind: audit.Staff, ID: s.Id, Name: s.Nickname(), Address: from.Address})
}

// asStranger is app in the hands of whoever fails to prove who they are.
func asStranger(app core.App, from Device) core.App {
	return audit.By(app, audit.Actor{Kind: audit.Visitor, Address: from.Address})
}
