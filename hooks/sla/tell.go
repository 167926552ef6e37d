package sla

import (
	"errors"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
)

// oneByOne is how many notices of a kind are told for themselves. More at once,
// as after a standstill, are told as one that counts them.
const oneByOne = 3

// notice is how a stage is told of.
type notice struct {
	code, words string
	level       notices.Level
}

var noticeOf = map[string]notice{
	conversations.Warned:    {notices.DeadlineNear, "sla.near_", notices.Warn},
	conversations.Breached:  {notices.DeadlineBreached, "sla.breached_", notices.Alarm},
	conversations.Escalated: {notices.DeadlineEscalated, "sla.escalated_", notices.Alarm},
}

// tell tells people what a sweep has found: who serves, and the supervisors, as
// it is set. It comes after the commit: who is not connected would not hear of it
// anyway, and finds it in the list.
func tell(app core.App, events []event) (err error) {
	settings := Of(app)
	for _, stage := range []string{conversations.Warned, conversations.Breached, conversations.Escalated} {
		var told []notices.Notice
		for _, e := range events {
			if e.stage != stage {
				continue
			}
			n := notices.Notice{Level: noticeOf[stage].level, Code: noticeOf[stage].code, Key: noticeOf[stage].words + e.kind, Conversation: e.conversation}
			n.To, n.Supervisors = settings.audience(e)
			if len(n.To) > 0 || n.Supervisors {
				told = append(told, n)
			}
		}
		if len(told) > oneByOne {
			told = together(told, noticeOf[stage].words+"many")
		}
		for _, n := range told {
			err = errors.Join(err, notices.Tell(app, n))
		}
	}
	return err
}

// audience is who hears of an event.
func (s Settings) audience(e event) (to []string, supervisors bool) {
	if e.stage == conversations.Escalated {
		return nil, s.Alarm
	}
	if s.TellAgent && e.assignee != "" {
		to = []string{e.assignee}
	}
	return to, s.TellSupervisors && (e.stage == conversations.Breached || e.assignee == "")
}

// together makes one notice for each who hears of several.
func together(list []notices.Notice, key string) (joined []notices.Notice) {
	var order []string
	count := map[string]int{}
	hear := func(who string) {
		if count[who]++; count[who] == 1 {
			order = append(order, who)
		}
	}
	const supervisors = ""
	for _, n := range list {
		for _, id := range n.To {
			hear(id)
		}
		if n.Supervisors {
			hear(supervisors)
		}
	}
	for _, who := range order {
		n := notices.Notice{Level: list[0].Level, Code: list[0].Code, Key: key, Args: []any{"Count", count[who]}, Supervisors: who == supervisors}
		if who != supervisors {
			n.To = []string{who}
		}
		joined = append(joined, n)
	}
	return joined
}

// alert has the robots say what has escalated, in the transaction of app: each
// group's robots, one by one or as a number.
func (s Settings) alert(app core.App, events []event) error {
	if !s.Robots {
		return nil
	}
	var order []string
	of := map[string][]event{}
	for _, e := range events {
		if e.stage != conversations.Escalated {
			continue
		}
		if len(of[e.group]) == 0 {
			order = append(order, e.group)
		}
		of[e.group] = append(of[e.group], e)
	}
	words := noticeOf[conversations.Escalated].words
	for _, group := range order {
		list := of[group]
		if len(list) > oneByOne {
			err := notices.Alert(app, notices.Warning{Code: notices.DeadlineEscalated, Key: words + "many", Args: []any{"Count", len(list)}, Group: group})
			if err != nil {
				return err
			}
			continue
		}
		for _, e := range list {
			err := notices.Alert(app, notices.Warning{Code: notices.DeadlineEscalated, Key: words + e.kind, Group: group, Conversation: e.conversation})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
