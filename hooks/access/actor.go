package access

import (
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// actAsSuperuser lets the audit trail know who it is that changes something in
// PocketBase's dashboard, or by its API: the owner whose superuser that is.
func actAsSuperuser(e *core.RequestEvent) error {
	if e.Auth == nil || !e.Auth.IsSuperuser() {
		return e.Next()
	}
	by := audit.Actor{Kind: audit.Dashboard, Address: web.Address(e)}
	if s, err := StaffByEmail(e.App, e.Auth.Email()); err == nil {
		by.ID, by.Name = s.Id, s.Nickname()
	}
	e.App = audit.By(e.App, by)
	return e.Next()
}
