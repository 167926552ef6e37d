package routing

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/views/layout"
	"github.com/dianxiaoer/xiaoer/views/routing"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// decided is all that the page lets the shop decide.
type decided struct {
	Settings Settings
	Levels   settings.Levels
}

func decidedIn(app core.App) decided { return decided{SettingsOf(app), settings.LevelsOf(app)} }

// form is that as people type it.
type form struct {
	amounts  map[string]string // by field, in its unit
	leaving  map[string]string // handing, by field
	showWait bool
	levels   map[string][]routing.Level // by kind
}

// leavings are the ways to leave, by field.
var leavings = []struct {
	field string
	of    func(*access.Leaving) *access.Handing
}{
	{"offline", func(l *access.Leaving) *access.Handing { return &l.Offline }},
	{"off_duty", func(l *access.Leaving) *access.Handing { return &l.OffDuty }},
	{"break", func(l *access.Leaving) *access.Handing { return &l.Break }},
}

// levelKinds are whose levels there are, by field.
var levelKinds = []string{ofCustomers, ofDistributors}

func levelsOf(l *settings.Levels, kind string) *[]settings.Level {
	if kind == ofDistributors {
		return &l.Distributors
	}
	return &l.Customers
}

// fields of the form that say what is wrong beside themselves.
func fields() []string {
	list := slices.Clone(levelKinds)
	for _, a := range amounts {
		list = append(list, a.field)
	}
	for _, why := range leavings {
		list = append(list, "leaving."+why.field)
	}
	return list
}

// key is a field in the keys of messages.
func key(field string) string { return strings.ReplaceAll(field, ".", "_") }

func formOf(d decided) form {
	f := form{amounts: map[string]string{}, leaving: map[string]string{}, showWait: d.Settings.ShowWait, levels: map[string][]routing.Level{}}
	for _, a := range amounts {
		f.amounts[a.field] = typed(*a.of(&d.Settings), a.unit)
	}
	for _, why := range leavings {
		f.leaving[why.field] = string(*why.of(&d.Settings.Leaving))
	}
	for _, kind := range levelKinds {
		for i, l := range *levelsOf(&d.Levels, kind) {
			f.levels[kind] = append(f.levels[kind], routing.Level{ID: strconv.Itoa(i), Name: l.Name, Start: typed(l.Start, time.Minute), VIP: l.VIP})
		}
	}
	return f
}

func sent(e *core.RequestEvent) form {
	text := func(name string) string { return strings.TrimSpace(e.Request.PostFormValue(name)) }
	f := form{amounts: map[string]string{}, leaving: map[string]string{}, showWait: text("show_wait") == "on", levels: map[string][]routing.Level{}}
	for _, a := range amounts {
		f.amounts[a.field] = text(a.field)
	}
	for _, why := range leavings {
		f.leaving[why.field] = text("leaving." + why.field)
	}
	for _, kind := range levelKinds {
		for _, id := range e.Request.PostForm[kind] {
			f.levels[kind] = append(f.levels[kind], routing.Level{
				ID: id, Name: text(kind + "_name_" + id), Start: text(kind + "_start_" + id), VIP: text(kind+"_vip_"+id) == "on",
			})
		}
	}
	return f
}

// decided is now with what was typed. What is no number is an error on its field,
// and nothing else of the form is lost by it.
func (f form) decided(now Settings) (decided, error) {
	d := decided{Settings: now}
	d.Settings.ShowWait = f.showWait
	var wrong error
	for _, a := range amounts {
		value, err := read(f.amounts[a.field], a.unit)
		if err != nil && wrong == nil {
			wrong = err.On(a.field)
		}
		*a.of(&d.Settings) = value
	}
	for _, why := range leavings {
		*why.of(&d.Settings.Leaving) = access.Handing(f.leaving[why.field])
	}
	for _, kind := range levelKinds {
		list := levelsOf(&d.Levels, kind)
		for _, l := range f.levels[kind] {
			start, err := read(l.Start, time.Minute)
			if err != nil && wrong == nil {
				wrong = err.On(kind)
			}
			*list = append(*list, settings.Level{Name: l.Name, Start: start, VIP: l.VIP})
		}
	}
	return d, wrong
}

// typed is a duration as it is written in unit, to two places: a second is one
// sixtieth of a minute.
func typed(d, unit time.Duration) string {
	return strconv.FormatFloat(math.Round(float64(d)/float64(unit)*100)/100, 'f', -1, 64)
}

// read is what was written as so many of unit, to the second. What is left out is
// none.
func read(text string, unit time.Duration) (time.Duration, *fail.Error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) {
		return 0, fail.New(fail.Invalid, "routing.no_number").Because(err)
	}
	n = max(-1e6, min(n, 1e6)) // beyond all bounds, and still a duration
	return time.Duration(n * float64(unit)).Round(time.Second), nil
}

// differences are the fields that are not as the person has typed them.
func differences(a layout.Admin, theirs, yours form) []ui.Difference {
	var list []ui.Difference
	for _, amount := range amounts {
		list = append(list, ui.Difference{Label: a.T("routing." + key(amount.field)), Theirs: theirs.amounts[amount.field], Yours: yours.amounts[amount.field]})
	}
	yesNo := func(yes bool) string { return a.T("audit.value_" + strconv.FormatBool(yes)) }
	list = append(list, ui.Difference{Label: a.T("routing.show_wait"), Theirs: yesNo(theirs.showWait), Yours: yesNo(yours.showWait)})
	for _, why := range leavings {
		hand := func(f form) string { return a.T("routing.hand_" + f.leaving[why.field]) }
		list = append(list, ui.Difference{Label: a.T("routing.leaving_" + why.field), Theirs: hand(theirs), Yours: hand(yours)})
	}
	for _, kind := range levelKinds {
		list = append(list, ui.Difference{Label: a.T("routing.levels_" + kind), Theirs: levelsInWords(a, theirs.levels[kind]), Yours: levelsInWords(a, yours.levels[kind])})
	}
	return list
}

func levelsInWords(a layout.Admin, list []routing.Level) string {
	words := make([]string, 0, len(list))
	for _, l := range list {
		text := l.Name + " " + a.T("routing.start_minutes", "Minutes", l.Start)
		if l.VIP {
			text += " VIP"
		}
		words = append(words, text)
	}
	return strings.Join(words, " · ")
}
