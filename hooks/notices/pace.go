package notices

import (
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// Pace is how often the same is told: what comes in between is told together.
type Pace struct {
	Seconds int `json:"alert_seconds"` // in groups
	Minutes int `json:"alert_minutes"` // by mail
}

const (
	paceKey = "alerts"
	// gap is what lies between any two messages of a robot: fifteen a minute,
	// where WeCom and DingTalk take twenty.
	gap = 4 * time.Second
)

var standardPace = Pace{Seconds: 30, Minutes: 10}

// PaceOf is how often the shop wants to be told.
func PaceOf(app core.App) Pace { return settings.Load(app, paceKey, standardPace) }

// SavePace keeps p.
func SavePace(app core.App, p Pace) error { return settings.Save(app, paceKey, p) }

func checkPace(p Pace) error {
	if p.Seconds < 10 || p.Seconds > 3600 {
		return fail.New(fail.Invalid, "notices.pace_robots_wrong").On("seconds")
	}
	if p.Minutes < 1 || p.Minutes > 1440 {
		return fail.New(fail.Invalid, "notices.pace_mail_wrong").On("minutes")
	}
	return nil
}

// of is how long a robot of the kind waits before it tells the same again.
func (p Pace) of(k Kind) time.Duration {
	if k == Mail {
		return time.Duration(p.Minutes) * time.Minute
	}
	return time.Duration(p.Seconds) * time.Second
}

// free is when b may speak of code, not before now.
func (b *Robot) free(code string, p Pace, now time.Time) time.Time {
	at := now
	for said, ms := range b.spoken() {
		pause := gap
		if said == code {
			pause = p.of(b.Kind())
		}
		if next := time.UnixMilli(ms).Add(pause); next.After(at) {
			at = next
		}
	}
	if most := now.Add(p.of(b.Kind())); at.After(most) { // the clock was set back
		return most
	}
	return at
}
