package sla

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// What the fields of the settings are called. A time's is its [cell].
const (
	fieldWarn    = "warn"
	fieldAfter   = "after"
	fieldExperts = "experts"
)

func cell(priority, kind string) string { return priority + "_" + kind }

// flags are the fields that are on or off.
var flags = []string{"tell_agent", "tell_supervisors", "alarm", "robots", "raise"}

func (s *Settings) flag(name string) *bool {
	return map[string]*bool{"tell_agent": &s.TellAgent, "tell_supervisors": &s.TellSupervisors, "alarm": &s.Alarm, "robots": &s.Robots, "raise": &s.Raise}[name]
}

// fields lists all but the flags, which cannot be wrong.
func fields() (list []string) {
	for _, priority := range conversations.Priorities {
		for _, kind := range conversations.DeadlineKinds {
			list = append(list, cell(priority, kind))
		}
	}
	return append(list, fieldWarn, fieldAfter, fieldExperts)
}

// form is what the fields hold, as text.
type form struct {
	fields map[string]string
	flags  map[string]bool
}

var errNoExperts = fail.New(fail.Invalid, "sla.experts_gone").On(fieldExperts)

// typedIn reads what was sent.
func typedIn(e *core.RequestEvent) form {
	f := form{map[string]string{}, map[string]bool{}}
	for _, name := range fields() {
		f.fields[name] = strings.TrimSpace(e.Request.PostFormValue(name))
	}
	for _, name := range flags {
		f.flags[name] = e.Request.PostFormValue(name) != ""
	}
	return f
}

// formOf shows settings: those of all, or what one group has of its own.
func formOf(lang string, s Settings, group string) form {
	say := locale.In(lang)
	f := form{map[string]string{fieldWarn: strconv.Itoa(s.Warn), fieldAfter: saySpan(say, s.After), fieldExperts: s.Experts}, map[string]bool{}}
	for _, priority := range conversations.Priorities {
		for kind, limit := range s.own(group, priority) {
			f.fields[cell(priority, kind)] = saySpan(say, limit)
		}
	}
	for _, name := range flags {
		f.flags[name] = *s.flag(name)
	}
	return f
}

// settings are now with what f says: of the times of one group, or of all that
// is the shop's.
func (f form) settings(now Settings, group string) (Settings, error) {
	times := make([]Times, 0, len(conversations.Priorities))
	for _, priority := range conversations.Priorities {
		t := Times{Priority: priority, Of: map[string]time.Duration{}}
		for _, kind := range conversations.DeadlineKinds {
			limit, said, err := readSpan(f.fields[cell(priority, kind)])
			if err != nil {
				return now, errSpan.On(cell(priority, kind))
			}
			if said {
				t.Of[kind] = limit
			}
		}
		times = append(times, t)
	}
	now = now.replaced(group, times)
	if group != "" {
		return now, nil
	}
	var err error
	if now.Warn, err = strconv.Atoi(strings.TrimSuffix(plain(f.fields[fieldWarn]), "%")); err != nil || now.Warn < 0 || now.Warn > mostWarn {
		return now, fail.New(fail.Invalid, "sla.warn_wrong", "Most", mostWarn).On(fieldWarn)
	}
	if now.After, _, err = readSpan(f.fields[fieldAfter]); err != nil {
		return now, errSpan.On(fieldAfter)
	}
	now.Experts = f.fields[fieldExperts]
	for _, name := range flags {
		*now.flag(name) = f.flags[name]
	}
	return now, nil
}

// shown is what the form of a group, or of the shop, lets people change.
func (s Settings) shown(group string) any {
	if group == "" {
		s.Times = slices.DeleteFunc(slices.Clone(s.Times), func(t Times) bool { return t.Group != "" })
		return s
	}
	return slices.DeleteFunc(slices.Clone(s.Times), func(t Times) bool { return t.Group != group })
}

// pruned is s without the times of groups that are no more.
func (s Settings) pruned(app core.App) (Settings, error) {
	groups, err := access.Groups(app)
	if err != nil {
		return s, err
	}
	s.Times = slices.DeleteFunc(slices.Clone(s.Times), func(t Times) bool {
		return t.Group != "" && !slices.ContainsFunc(groups, func(g *access.Group) bool { return g.Id == t.Group })
	})
	return s, nil
}
