package access

import (
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Handing says what of somebody's conversations goes to colleagues when they
// leave.
type Handing string

// What is handed on. What is not, stays with a mark, and goes when the customer
// writes into it.
const (
	HandNothing  Handing = "nothing"
	HandAwaiting Handing = "awaiting" // what waits for a reply
	HandAll      Handing = "all"
)

// Handings lists all of them.
var Handings = []Handing{HandNothing, HandAwaiting, HandAll}

// Leaving is what happens to somebody's conversations when they leave, by how.
// An empty one is whatever the shop says for all groups.
type Leaving struct {
	Offline Handing `json:"offline,omitempty"`  // their connection is gone, and does not come back
	OffDuty Handing `json:"off_duty,omitempty"` // they have said that they are gone
	Break   Handing `json:"break,omitempty"`    // they pause
}

// Check refuses what is no handing, on the field "leaving.offline" and so on.
// optional lets one be left out.
func (l Leaving) Check(optional bool) error {
	for field, h := range map[string]Handing{"leaving.offline": l.Offline, "leaving.off_duty": l.OffDuty, "leaving.break": l.Break} {
		switch {
		case optional && h == "":
		case h == HandNothing, h == HandAwaiting, h == HandAll:
		default:
			return fail.New(fail.Invalid, "fail.invalid").On(field)
		}
	}
	return nil
}

// Over is l where it says something, else what shop says.
func (l Leaving) Over(shop Leaving) Leaving {
	over := func(own, general Handing) Handing {
		if own == "" {
			return general
		}
		return own
	}
	return Leaving{Offline: over(l.Offline, shop.Offline), OffDuty: over(l.OffDuty, shop.OffDuty), Break: over(l.Break, shop.Break)}
}
