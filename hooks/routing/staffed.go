package routing

import (
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
)

// Staffed reports whether somebody of the group but one is on line at now.
func Staffed(app core.App, group, but string, now time.Time) (bool, error) {
	people, err := access.People(app)
	if err != nil {
		return false, err
	}
	for _, p := range people {
		if p.ID != but && p.InGroup(group) && PresenceAt(app, p, now) == Online {
			return true, nil
		}
	}
	return false, nil
}
