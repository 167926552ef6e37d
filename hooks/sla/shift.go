package sla

import (
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

// leastJump is by how much the wall clock has to part from the monotonic one in a
// second for somebody to have set it.
const leastJump = 5 * time.Second

// clocks is what the wall clock and the monotonic one showed when they were last
// read.
type clocks struct {
	wall time.Time
	mono time.Duration
}

// jump is a step of the wall clock: by how much, seen at which time by the new
// one, and at most how long after it was made.
type jump struct {
	by, since time.Duration
	seen      time.Time
}

// read notes both clocks and tells by how much the wall clock has jumped since
// they were last read; by nothing where it only drifts.
func (c *clocks) read(wall time.Time, mono time.Duration) jump {
	j := jump{by: wall.Sub(c.wall) - (mono - c.mono), since: mono - c.mono, seen: wall}
	c.wall, c.mono = wall, mono
	if j.by.Abs() <= leastJump {
		j.by = 0
	}
	return j
}

// over reports whether the jump went over a deadline: what has begun since then
// was set by the clock as it is now.
func (j jump) over(d conversations.Deadline) bool {
	return !d.Due.IsZero() && (d.Began.After(j.seen) || d.Began.Before(j.seen.Add(-j.since)))
}

// moved is a deadline that has as long to go by the new clock as it had by the
// old one.
func (j jump) moved(d conversations.Deadline) conversations.Deadline {
	for _, at := range []*time.Time{&d.Began, &d.Amber, &d.Warn, &d.Due, &d.Escalate} {
		if !at.IsZero() {
			*at = at.Add(j.by)
		}
	}
	return d
}

// shifting is a jump that deadlines are being moved along with. What is done of
// it stays done where the rest has to be tried again.
type shifting struct {
	jump
	begun bool
	ids   []string // still to be moved
}

// shift moves all that runs along with the wall clock, and tells the audit trail.
// It is one commit but for thousands at once.
func (s *shifting) shift(app core.App) (err error) {
	if !s.begun {
		s.ids, err = conversations.WithDeadlines(app, func(c *conversations.Conversation) bool { return slices.ContainsFunc(c.Deadlines, s.over) })
		if err != nil {
			return err
		}
	}
	for !s.begun || len(s.ids) > 0 {
		some := s.ids[:min(shiftMost, len(s.ids))]
		if err = conversations.Write(app, func(tx *conversations.Tx) error { return s.move(tx, some) }); err != nil {
			return err
		}
		s.begun, s.ids = true, s.ids[len(some):]
	}
	return nil
}

func (s *shifting) move(tx *conversations.Tx, ids []string) error {
	if !s.begun {
		if err := audit.Add(tx.App, shifted(s.jump, len(s.ids))); err != nil {
			return err
		}
	}
	return each(tx, ids, func(c *conversations.Conversation) error {
		for i, d := range c.Deadlines {
			if s.over(d) {
				c.Deadlines[i] = s.moved(d)
			}
		}
		c.Sweep = next(c.Deadlines)
		tx.Save(c)
		return nil
	})
}

// shiftMost is how many conversations are moved in one commit, which holds the
// writer for up to a second then.
const shiftMost = 5000

func shifted(j jump, count int) audit.Entry {
	return audit.Entry{
		Act: "conversations.deadlines_moved", Object: audit.Object{Kind: "conversations"}, Actor: &audit.Actor{Kind: audit.System},
		Changes: []audit.Change{
			{Field: "clock", Before: j.seen.Add(-j.by).UTC().Format(time.RFC3339), After: j.seen.UTC().Format(time.RFC3339)},
			{Field: "moved", After: count},
		},
	}
}
