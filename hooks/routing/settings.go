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

// amount is one duration of the settings: the unit in which people type and read
// it, and what it may be.
type amount struct {
	field            string // its JSON name, of a head start with "starts." before it
	of               func(*Settings) *time.Duration
	unit, from, upTo time.Duration
}

var amounts = []amount{
	{"grace", func(s *Settings) *time.Duration { return &s.Grace }, time.Second, 5 * time.Second, 10 * time.Minute},
	{"return_within", func(s *Settings) *time.Duration { return &s.ReturnWithin }, time.Hour, 0, 30 * 24 * time.Hour},
	{"return_wait", func(s *Settings) *time.Duration { return &s.ReturnWait }, time.Second, 0, time.Hour},
	{"dedicated_wait", func(s *Settings) *time.Duration { return &s.DedicatedWait }, time.Second, 0, time.Hour},
	{"starts.urgent", func(s *Settings) *time.Duration { return &s.Starts.Urgent }, time.Minute, 0, MostHeadStart},
	{"starts.high", func(s *Settings) *time.Duration { return &s.Starts.High }, time.Minute, 0, MostHeadStart},
	{"starts.low", func(s *Settings) *time.Duration { return &s.Starts.Low }, time.Minute, 0, MostHeadStart},
	{"starts.angry", func(s *Settings) *time.Duration { return &s.Starts.Angry }, time.Minute, 0, MostHeadStart},
	{"starts.upset", func(s *Settings) *time.Duration { return &s.Starts.Upset }, time.Minute, 0, MostHeadStart},
	{"offer_after", func(s *Settings) *time.Duration { return &s.OfferAfter }, time.Minute, 0, 24 * time.Hour},
	{"night_window", func(s *Settings) *time.Duration { return &s.NightWindow }, time.Minute, 0, time.Hour},
}

// Check reports the first thing that is wrong with s, on the field by its JSON
// name, those of Starts and Leaving with "starts." and "leaving." before it.
func (s Settings) Check() error {
	for _, a := range amounts {
		if err := within(*a.of(&s), a.unit, a.from, a.upTo); err != nil {
			return err.On(a.field)
		}
	}
	return s.Leaving.Check(false)
}

// within says in its unit what a duration may be.
func within(value, unit, from, upTo time.Duration) *fail.Error {
	if value >= from && value <= upTo {
		return nil
	}
	return fail.New(fail.Invalid, "routing.bounds_"+unitWord(unit), "From", int(from/unit), "To", int(upTo/unit))
}

// unitWord is a unit's word in the keys of messages.
func unitWord(unit time.Duration) string {
	if word, ok := map[time.Duration]string{time.Hour: "hours", time.Minute: "minutes"}[unit]; ok {
		return word
	}
	return "seconds"
}
