package sla

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
)

// change is what a conversation's deadlines follow from. before is nil where the
// conversation was just opened.
type change struct {
	before, after *conversations.Conversation
	now           time.Time
	settings      Settings
	rehour        bool // the hours may be others, although the conversation is the same

	// What has to be read, and is asked for only where something begins or moves.
	hours    func() hours.Week                  // when after is answered
	week     func(id string) (hours.Week, bool) // the one of that name, if it is still known
	answered func() bool                        // a person has spoken in it already
}

// plan makes after's deadlines what they are to be: what is no longer waited for
// goes, what is newly waited for begins, and what goes on keeps the time that it
// has used up. It tells which went too late without anybody having seen it:
// the answer came between the limit and the sweep.
func (c *change) plan() (missed []string) {
	was := c.after.Deadlines
	var now []conversations.Deadline
	keep := func(d conversations.Deadline, ok bool) {
		if ok {
			now = append(now, d)
		}
	}
	for _, slot := range []func([]conversations.Deadline) (conversations.Deadline, bool){c.reply, c.person, c.closing, c.left} {
		keep(slot(was))
	}
	for _, d := range was {
		over := !slices.ContainsFunc(now, func(n conversations.Deadline) bool { return n.Kind == d.Kind && n.Began.Equal(d.Began) })
		if over && runs(d) && !c.now.Before(d.Due) {
			missed = append(missed, d.Kind)
		}
	}
	c.after.Deadlines, c.after.Sweep = now, next(now)
	return missed
}

// reply is the first or the next answer: from the customer's first word that
// nobody has answered. One that left the chat and came back is waited for from
// now.
func (c *change) reply(was []conversations.Deadline) (conversations.Deadline, bool) {
	since, waits := waitsForReply(c.after)
	before, waited := waitsForReply(c.before)
	if !waits {
		return none, false
	}
	if waited && since.Equal(before) {
		if d, held := find(was, conversations.FirstResponse, conversations.NextResponse); held {
			return c.goOn(d)
		}
		if !c.moved() {
			return none, false
		}
	} else if c.before != nil && !c.before.Left.IsZero() {
		since = c.now
	}
	if c.answered() {
		return c.begin(conversations.NextResponse, since)
	}
	return c.begin(conversations.FirstResponse, since)
}

// person is somebody who has it: from when it waits in the queue, or turned
// urgent there.
func (c *change) person(was []conversations.Deadline) (conversations.Deadline, bool) {
	d, held := find(was, conversations.UrgentToStaff)
	switch {
	case !waitsForPerson(c.after):
		return none, false
	case held && waitsForPerson(c.before):
		return c.goOn(d)
	case waitsForPerson(c.before) && !c.moved():
		return none, false
	}
	return c.begin(conversations.UrgentToStaff, c.now)
}

// closing is the solution: from the opening, as long as the customer waits for
// something.
func (c *change) closing(was []conversations.Deadline) (conversations.Deadline, bool) {
	d, held := find(was, conversations.Resolution)
	waits := needsSomebody(c.after)
	switch {
	case c.after.Status == conversations.Closed, !held && c.before != nil && !c.moved():
		return none, false
	case !held:
		if d, held = c.begin(conversations.Resolution, c.now); held && !waits {
			d = c.pause(d)
		}
		return d, held
	}
	if d, held = c.goOn(d); !held {
		return none, false
	}
	switch {
	case d.Stage == conversations.Paused && waits:
		return c.resume(d)
	case !waits:
		return c.pause(d), true
	}
	return d, true
}

// left is the answer to a message that was left.
func (c *change) left(was []conversations.Deadline) (conversations.Deadline, bool) {
	d, held := find(was, conversations.LeftMessage)
	same := c.before != nil && hasLeft(c.before) && c.before.Left.Equal(c.after.Left)
	switch {
	case !hasLeft(c.after), same && !held && !c.moved():
		return none, false
	case same && held:
		return c.goOn(d)
	}
	return c.begin(conversations.LeftMessage, c.after.Left)
}

var none conversations.Deadline

// needsSomebody reports whether a customer's word is unanswered and not the
// bot's business.
func needsSomebody(c *conversations.Conversation) bool {
	return c != nil && c.Status != conversations.Closed && c.Status != conversations.WithBot && !c.WaitingSince.IsZero()
}

func hasLeft(c *conversations.Conversation) bool { return needsSomebody(c) && !c.Left.IsZero() }

func waitsForReply(c *conversations.Conversation) (since time.Time, waits bool) {
	if !needsSomebody(c) || !c.Left.IsZero() {
		return time.Time{}, false
	}
	return c.WaitingSince, true
}

func waitsForPerson(c *conversations.Conversation) bool {
	return c != nil && c.Status == conversations.Waiting && c.Left.IsZero()
}

// moved reports whether other times may hold than before.
func (c *change) moved() bool {
	return c.before != nil && (c.before.Group != c.after.Group || c.before.Priority != c.after.Priority)
}

// begin starts a deadline, unless there is no time for it or never an hour in
// which it could end.
func (c *change) begin(kind string, since time.Time) (conversations.Deadline, bool) {
	limit := c.settings.Limit(c.after.Group, c.after.Priority, kind)
	if limit == 0 {
		return none, false
	}
	return c.set(conversations.Deadline{Kind: kind, Began: since, Total: limit, Stage: conversations.Running}, since, 0)
}

// goOn is d where the group, the priority or the hours have changed or not. What
// has been breached stays so, and what is due is the sweep's.
func (c *change) goOn(d conversations.Deadline) (conversations.Deadline, bool) {
	limit := d.Total
	if c.moved() {
		limit = c.settings.Limit(c.after.Group, c.after.Priority, d.Kind)
	}
	switch {
	case limit == 0:
		return none, false
	case d.Stage == conversations.Paused:
		d.Rest, d.Total = max(0, limit-(d.Total-d.Rest)), limit
		return d, true
	case !runs(d), !c.now.Before(d.Due), !c.moved() && !c.rehour:
		return d, true
	}
	used := d.Total - c.rest(d)
	d.Total = limit
	return c.set(d, c.now, used)
}

// pause stops the clock of d. What is due already is not helped by that.
func (c *change) pause(d conversations.Deadline) conversations.Deadline {
	if !runs(d) || !c.now.Before(d.Due) {
		return d
	}
	return conversations.Deadline{Kind: d.Kind, Began: d.Began, Total: d.Total, Rest: c.rest(d), Stage: conversations.Paused}
}

// resume lets the clock of d go on. A warning that was due before the pause is
// not repeated.
func (c *change) resume(d conversations.Deadline) (conversations.Deadline, bool) {
	d.Stage = conversations.Running
	d, ok := c.set(d, c.now, d.Total-d.Rest)
	if ok && !d.Warn.IsZero() && !d.Warn.After(c.now) {
		d.Stage = conversations.Warned
	}
	return d, ok
}

// rest is the working time that d has left, by the hours that it was set by. By
// those in force where the others are not known any more: they were changed while
// nobody looked.
func (c *change) rest(d conversations.Deadline) time.Duration {
	week, known := c.week(d.Week)
	if !known {
		week = c.hours()
	}
	return min(d.Total, week.Between(c.now, d.Due))
}

// set puts d's instants where they lie when so much of its time was used up at
// an instant.
func (c *change) set(d conversations.Deadline, at time.Time, used time.Duration) (conversations.Deadline, bool) {
	week := c.hours()
	when := func(working time.Duration) time.Time { return week.After(at, working-used).UTC() }
	d.Week, d.Rest = weekID(week), 0
	d.Amber, d.Due, d.Warn, d.Escalate = when(d.Total/2), when(d.Total), time.Time{}, time.Time{}
	if d.Due.IsZero() {
		return none, false
	}
	if c.settings.Warn > 0 {
		d.Warn = when(d.Total / 100 * time.Duration(c.settings.Warn))
	}
	if c.settings.After > 0 {
		d.Escalate = week.After(d.Due, c.settings.After).UTC()
	}
	return d, true
}

// runs reports whether d's time is running out.
func runs(d conversations.Deadline) bool {
	return d.Stage == conversations.Running || d.Stage == conversations.Warned
}

func find(list []conversations.Deadline, kinds ...string) (conversations.Deadline, bool) {
	for _, d := range list {
		if slices.Contains(kinds, d.Kind) {
			return d, true
		}
	}
	return none, false
}

// next is when the first of the deadlines has to be looked at; zero for never.
func next(list []conversations.Deadline) (at time.Time) {
	for _, d := range list {
		if then := nextOf(d); !then.IsZero() && (at.IsZero() || then.Before(at)) {
			at = then
		}
	}
	return at
}

func nextOf(d conversations.Deadline) time.Time {
	switch {
	case d.Stage == conversations.Running && !d.Warn.IsZero():
		return d.Warn
	case runs(d):
		return d.Due
	case d.Stage == conversations.Breached:
		return d.Escalate
	}
	return time.Time{}
}

// step is a stage that a deadline has reached.
type step struct {
	kind, stage string
	at          time.Time
}

// advance brings deadlines to where they are now, and tells what has happened to
// them in the order in which it should have been seen. What is breached already
// is not warned of.
func advance(list []conversations.Deadline, now time.Time) (steps []step) {
	for i := range list {
		d := &list[i]
		reach := func(stage string, at time.Time) {
			d.Stage = stage
			steps = append(steps, step{d.Kind, stage, at})
		}
		passed := func(at time.Time) bool { return !at.IsZero() && !now.Before(at) }
		switch {
		case runs(*d) && passed(d.Due):
			reach(conversations.Breached, d.Due)
		case d.Stage == conversations.Running && passed(d.Warn):
			reach(conversations.Warned, d.Warn)
		}
		if d.Stage == conversations.Breached && passed(d.Escalate) {
			reach(conversations.Escalated, d.Escalate)
		}
	}
	slices.SortStableFunc(steps, func(a, b step) int { return a.at.Compare(b.at) })
	return steps
}

// weekID names hours among those by which deadlines were set; "" is around the
// clock.
func weekID(w hours.Week) string {
	if w.Always() {
		return ""
	}
	raw, err := json.Marshal(w)
	if err != nil {
		panic(err) // plain data
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:6])
}
