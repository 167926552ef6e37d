package sla

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// usual is the priority whose times hold for the others, too, where they have
// none of their own.
const usual = "normal"

const (
	settingsKey = "deadlines"
	longest     = 30 * 24 * time.Hour // working time, which is months
	mostWarn    = 99                  // per cent
)

// Settings are how much time there is for what, and what happens when it runs
// out. The shop's own row is the key "deadlines" of the settings.
type Settings struct {
	Times []Times `json:"times"`

	Warn            int  `json:"warn"`             // after so many per cent of the time; 0 warns nobody
	TellAgent       bool `json:"tell_agent"`       // who serves hears of the warning and of the breach
	TellSupervisors bool `json:"tell_supervisors"` // supervisors hear of the breach, and of the warning where nobody serves

	After   time.Duration `json:"escalate_after"` // of working time after the breach it escalates; 0: never
	Alarm   bool          `json:"alarm"`          // then supervisors are alarmed,
	Robots  bool          `json:"robots"`         // the shop's robots are told,
	Raise   bool          `json:"raise"`          // its priority is raised by one step,
	Experts string        `json:"experts"`        // and it is handed to this group, unless ""
}

// Times is how much working time there is in a group for one priority. It is
// kept as text, "normal first=30s next=5m0s", so that the audit trail tells it
// readably.
type Times struct {
	Group    string // "" is every group
	Priority string
	Of       map[string]time.Duration // by kind; 0 is no deadline, a kind left out inherits
}

// Standard are the settings of a shop that has made none. The first answer within
// 30 seconds is what shops demand of their people, three to five minutes what the
// platforms grade them by. Each call makes them anew.
func Standard() Settings {
	return Settings{
		Times: []Times{
			{Priority: usual, Of: map[string]time.Duration{conversations.FirstResponse: 30 * time.Second, conversations.NextResponse: 5 * time.Minute, conversations.LeftMessage: 2 * time.Hour}},
			{Priority: "urgent", Of: map[string]time.Duration{conversations.UrgentToStaff: time.Minute}},
		},
		Warn: 75, TellAgent: true, TellSupervisors: true, After: time.Minute, Alarm: true, Robots: true,
	}
}

// Of returns the settings in force. They are shared: do not change what they
// hold.
func Of(app core.App) Settings { return settings.Load(app, settingsKey, Standard()) }

// Save keeps s. It is in force for what begins after it; what runs keeps its
// time.
func Save(app core.App, s Settings) error { return settings.Save(app, settingsKey, s) }

// Limit is the time for kind in a group at a priority; 0 is none. What is said
// of the priority goes before what is said of the usual one, so that a group that
// takes its time does not do so with what is urgent; what is said of the group
// goes before what is said of all.
func (s Settings) Limit(group, priority, kind string) time.Duration {
	for _, at := range [][2]string{{group, priority}, {"", priority}, {group, usual}, {"", usual}} {
		if limit, said := s.own(at[0], at[1])[kind]; said {
			return limit
		}
	}
	return 0
}

// own is what is said of a group and a priority.
func (s Settings) own(group, priority string) map[string]time.Duration {
	for _, t := range s.Times {
		if t.Group == group && t.Priority == priority {
			return t.Of
		}
	}
	return nil
}

// without is s without what is said of one kind of a group and a priority: what
// that inherits.
func (s Settings) without(group, priority, kind string) Settings {
	s.Times = slices.Clone(s.Times)
	for i, t := range s.Times {
		if t.Group == group && t.Priority == priority {
			rest := map[string]time.Duration{}
			for k, limit := range t.Of {
				if k != kind {
					rest[k] = limit
				}
			}
			s.Times[i].Of = rest
		}
	}
	return s
}

// replaced is s with other times for one group, in a settled order and without
// rows that say nothing.
func (s Settings) replaced(group string, times []Times) Settings {
	rest := slices.DeleteFunc(slices.Clone(s.Times), func(t Times) bool { return t.Group == group })
	for _, t := range times {
		if len(t.Of) > 0 {
			t.Group = group
			rest = append(rest, t)
		}
	}
	slices.SortStableFunc(rest, func(a, b Times) int {
		if by := strings.Compare(a.Group, b.Group); by != 0 {
			return by
		}
		return slices.Index(conversations.Priorities, a.Priority) - slices.Index(conversations.Priorities, b.Priority)
	})
	s.Times = rest
	return s
}

// check refuses settings that cannot be kept.
func (s Settings) check() error {
	for i, t := range s.Times {
		if slices.ContainsFunc(s.Times[:i], func(o Times) bool { return o.Group == t.Group && o.Priority == t.Priority }) {
			return fail.New(fail.Invalid, "fail.invalid").On("times")
		}
		if err := t.check(); err != nil {
			return err
		}
	}
	if s.Warn < 0 || s.Warn > mostWarn {
		return fail.New(fail.Invalid, "sla.warn_wrong", "Most", mostWarn).On(fieldWarn)
	}
	if s.After != 0 && !isSpan(s.After) {
		return fail.New(fail.Invalid, "sla.span_wrong").On(fieldAfter)
	}
	return nil
}

func (t Times) check() error {
	if !slices.Contains(conversations.Priorities, t.Priority) {
		return fail.New(fail.Invalid, "fail.invalid").On("times")
	}
	for kind, limit := range t.Of {
		if !slices.Contains(conversations.DeadlineKinds, kind) || limit != 0 && !isSpan(limit) {
			return fail.New(fail.Invalid, "sla.span_wrong").On(cell(t.Priority, kind))
		}
	}
	return nil
}

// isSpan reports whether d can be a time: whole seconds, and not for ever.
func isSpan(d time.Duration) bool { return d >= time.Second && d <= longest && d%time.Second == 0 }

// MarshalText writes group/priority and what is said of each kind.
func (t Times) MarshalText() ([]byte, error) {
	words := []string{t.Priority}
	if t.Group != "" {
		words[0] = t.Group + "/" + t.Priority
	}
	for _, kind := range conversations.DeadlineKinds {
		if limit, said := t.Of[kind]; said {
			words = append(words, kind+"="+limit.String())
		}
	}
	return []byte(strings.Join(words, " ")), nil
}

// UnmarshalText reads what MarshalText wrote.
func (t *Times) UnmarshalText(text []byte) error {
	words := strings.Fields(string(text))
	if len(words) == 0 {
		return fmt.Errorf("no priority in %q", text)
	}
	*t = Times{Priority: words[0], Of: map[string]time.Duration{}}
	if group, priority, both := strings.Cut(words[0], "/"); both {
		t.Group, t.Priority = group, priority
	}
	for _, word := range words[1:] {
		kind, span, _ := strings.Cut(word, "=")
		limit, err := time.ParseDuration(span)
		if err != nil {
			return fmt.Errorf("time for %s: %w", kind, err)
		}
		t.Of[kind] = limit
	}
	return nil
}
