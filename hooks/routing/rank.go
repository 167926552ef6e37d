package routing

import (
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// Of [conversations.Priorities], those that move somebody in the queue.
const (
	urgent = "urgent"
	high   = "high"
	low    = "low"
)

// Standing is what gives somebody a head start in the queue.
type Standing struct {
	Priority    string
	Emotion     conversations.Emotion
	Level       string // the customer's membership level
	Distributor string // their level as a distributor
}

// Of is how much sooner than they came somebody is taken to have come, in a shop
// with these levels; negative where it is later.
func (h HeadStarts) Of(s Standing, levels settings.Levels) time.Duration {
	var start time.Duration
	switch s.Priority {
	case urgent:
		start = h.Urgent
	case high:
		start = h.High
	case low:
		start = -h.Low
	}
	switch s.Emotion {
	case conversations.Angry:
		start += h.Angry
	case conversations.Upset:
		start += h.Upset
	case conversations.Calm:
	}
	member, _ := settings.FindLevel(levels.Customers, s.Level)
	distributor, _ := settings.FindLevel(levels.Distributors, s.Distributor)
	return min(start+member.Start+distributor.Start, MostHeadStart)
}
