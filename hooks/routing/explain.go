package routing

import (
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

// Why says why each of list waits, by id; what does not wait is left out.
func Why(app core.App, list ...*conversations.Conversation) (map[string]Reason, error) {
	r := of(app)
	now := clock.Now(app)
	var waiting []*conversations.Conversation
	for _, c := range list {
		if c.Status == conversations.Waiting {
			waiting = append(waiting, c)
		}
	}
	reasons := map[string]Reason{}
	if len(waiting) == 0 {
		return reasons, nil
	}
	s, err := r.snapshot(now, waiting)
	if err != nil {
		return nil, err
	}
	opens := map[[2]string]time.Time{} // by group and channel
	for i, c := range waiting {
		reasons[c.ID] = s.Why(&s.Waiting[i], func() time.Time {
			from := [2]string{c.Group, c.Channel}
			at, known := opens[from]
			if !known {
				at = conversations.HoursOf(app, c.Group, c.Channel).NextOpen(now)
				opens[from] = at
			}
			return at
		})
	}
	return reasons, nil
}
