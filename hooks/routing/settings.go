package routing

import (
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// Settings is what the shop has decided about who answers. Durations are kept in
// nanoseconds.
type Settings struct {
	Grace time.Duration `json:"grace"` // how long somebody without a connection still counts as present

	ReturnWithin  time.Duration `json:"return_within"`  // of the closing: a customer goes back to who served them; 0: never
	ReturnWait    time.Duration `json:"return_wait"`    // and waits for them at most so long, before the group gets it
	DedicatedWait time.Duration `json:"dedicated_wait"` // the same for the customer's dedicated person

	Starts HeadStarts `json:"starts"`

	ShowWait   bool          `json:"show_wait"`   // tell whoever waits how long it will take, beside their place
	OfferAfter time.Duration `json:"offer_after"` // a wait after which leaving a message is offered; 0: never

	Leaving access.Leaving `json:"leaving"` // where a group has not said otherwise

	NightWindow time.Duration `json:"night_window"` // after the first came on line, in which the night is shared out evenly; 0: never
}

// HeadStarts are how much sooner than they came somebody is taken to have come.
// Those of customers' levels are in [settings.Levels].
// What adds up to more than [MostHeadStart] is that much: who waits that long is
// overtaken by no newcomer.
type HeadStarts struct {
	Urgent time.Duration `json:"urgent"` // by the conversation's priority
	High   time.Duration `json:"high"`
	Low    time.Duration `json:"low"` // so much later
	Angry  time.Duration `json:"angry"`
	Upset  time.Duration `json:"upset"`
}

// MostHeadStart bounds every head start and their sum.
const MostHeadStart = time.Hour

const settingsKey = "routing"

// Standard is in force where the shop has decided nothing.
func Standard() Settings {
	return Settings{
		Grace:        30 * time.Second,
		ReturnWithin: 24 * time.Hour, ReturnWait: time.Minute, DedicatedWait: 2 * time.Minute,
		Starts: HeadStarts{
			Urgent: 10 * time.Minute, High: 3 * time.Minute, Low: 2 * time.Minute, Angry: 3 * time.Minute, Upset: time.Minute,
		},
		ShowWait: true, OfferAfter: 2 * time.Minute,
		Leaving:     access.Leaving{Offline: access.HandAwaiting, OffDuty: access.HandAwaiting, Break: access.HandNothing},
		NightWindow: 3 * time.Minute,
	}
}

// SettingsOf returns what is in force.
func SettingsOf(app core.App) Settings { return settings.Load(app, settingsKey, Standard()) }

// SaveSettings keeps s, which is in force within a second.
func SaveSettings(app core.App, s Settings) error { return settings.Save(app, settingsKey, s) }

// Check reports the first thing that is wrong with s, on the field by its JSON
// name, those of Starts and Leaving with "starts." and "leaving." before it.
func (s Settings) Check() error {
	for _, bound := range []struct {
		field             string
		value, from, upTo time.Duration
	}{
		{"grace", s.Grace, 5 * time.Second, 10 * time.Minute},
		{"return_within", s.ReturnWithin, 0, 30 * 24 * time.Hour},
		{"return_wait", s.ReturnWait, 0, time.Hour},
		{"dedicated_wait", s.DedicatedWait, 0, time.Hour},
		{"starts.urgent", s.Starts.Urgent, 0, MostHeadStart},
		{"starts.high", s.Starts.High, 0, MostHeadStart},
		{"starts.low", s.Starts.Low, 0, MostHeadStart},
		{"starts.angry", s.Starts.Angry, 0, MostHeadStart},
		{"starts.upset", s.Starts.Upset, 0, MostHeadStart},
		{"offer_after", s.OfferAfter, 0, 24 * time.Hour},
		{"night_window", s.NightWindow, 0, time.Hour},
	} {
		if err := within(bound.value, bound.from, bound.upTo); err != nil {
			return err.On(bound.field)
		}
	}
	return s.Leaving.Check(false)
}

// within says in the largest unit that both bounds are whole in what is allowed.
func within(value, from, upTo time.Duration) *fail.Error {
	if value >= from && value <= upTo {
		return nil
	}
	key, unit := "routing.bounds_seconds", time.Second
	switch {
	case from%time.Hour == 0 && upTo > time.Hour && upTo%time.Hour == 0:
		key, unit = "routing.bounds_hours", time.Hour
	case from%time.Minute == 0 && upTo%time.Minute == 0:
		key, unit = "routing.bounds_minutes", time.Minute
	}
	return fail.New(fail.Invalid, key, "From", int(from/unit), "To", int(upTo/unit))
}
