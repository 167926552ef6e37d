package routing

import (
	"slices"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/routing"
)

// inExample is somebody who waits in the example.
type inExample struct {
	word   string // message for who they are
	level  string // variable of it
	waited time.Duration
	Standing
}

// exampleOf is who would be served first of some who wait at the same time, by
// what is in the form.
func exampleOf(say locale.Speaker, f form) []routing.Waiting {
	d, _ := f.decided(Standard()) // what is no number counts for none meanwhile
	who := []inExample{
		{word: "someone", waited: 5 * time.Minute},
		{word: urgent, waited: time.Minute, Standing: Standing{Priority: urgent}},
		{word: "angry", waited: 3 * time.Minute, Standing: Standing{Emotion: conversations.Angry}},
		{word: low, waited: 6 * time.Minute, Standing: Standing{Priority: low}},
	}
	if l, ok := best(d.Levels.Customers); ok {
		who = append(who, inExample{word: "level", level: l, waited: 2 * time.Minute, Standing: Standing{Level: l}})
	}
	if l, ok := best(d.Levels.Distributors); ok {
		who = append(who, inExample{word: "distributor", level: l, waited: 2 * time.Minute, Standing: Standing{Distributor: l}})
	}
	counted := func(w inExample) time.Duration { return w.waited + d.Settings.Starts.Of(w.Standing, d.Levels) }
	slices.SortStableFunc(who, func(a, b inExample) int { return int((counted(b) - counted(a)) / time.Second) })
	list := make([]routing.Waiting, len(who))
	for i, w := range who {
		list[i] = routing.Waiting{Who: say.T("routing.example_"+w.word, "Level", w.level), Waited: say.T("routing.example_waited", "Minutes", typed(w.waited, time.Minute))}
		if counted(w) != w.waited {
			list[i].Counted = say.T("routing.example_counted", "Minutes", typed(counted(w), time.Minute))
		}
	}
	return list
}

// best is the level that has the longest start.
func best(list []settings.Level) (string, bool) {
	if len(list) == 0 {
		return "", false
	}
	return slices.MaxFunc(list, func(a, b settings.Level) int { return int(a.Start/time.Second - b.Start/time.Second) }).Name, true
}
