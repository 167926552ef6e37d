package sla_test

import (
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/sla"
)

// Somebody sets the machine's clock: who waits has as long to wait as before.
func TestJumpOfTheClockTakesDeadlinesAlong(t *testing.T) {
	t.Parallel()
	for name, by := range map[string]time.Duration{"on": time.Hour, "back": -time.Hour, "back a little": -10 * time.Second} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := furnished(t)
			d.colleague("小满")
			before := d.says(d.visitor())
			d.later(20 * time.Second)
			was := d.one(before, "first")
			d.later(by)
			after := d.says(d.visitor()) // between the jump and when it was seen
			fresh := d.one(after, "first")
			d.later(500 * time.Millisecond)
			d.must(sla.Jump(d.app, by, *d.now.Load()))
			if got := d.one(before, "first"); !got.Due.Equal(was.Due.Add(by)) || !got.Warn.Equal(was.Warn.Add(by)) || !got.Amber.Equal(was.Amber.Add(by)) ||
				!got.Began.Equal(was.Began.Add(by)) || !got.Escalate.Equal(was.Escalate.Add(by)) {
				t.Errorf("it was %+v, and is %+v", was, got)
			}
			if got := d.one(after, "first"); got != fresh {
				t.Errorf("what began by the new clock was %+v, and is %+v", fresh, got)
			}
			d.later(9 * time.Second)
			d.sweep()
			same(t, "before its time", d.happened(before), nil)
			d.later(500 * time.Millisecond)
			d.sweep()
			same(t, "in its time", d.happened(before), []string{"breached first"})
			if got := d.one(after, "first").Stage; got != conversations.Running {
				t.Errorf("the other: %s", got)
			}
			found, err := audit.Find(t.Context(), d.app, audit.Query{Act: "conversations.deadlines_moved"})
			d.must(err)
			if len(found.Entries) != 1 {
				t.Errorf("the trail tells of %d", len(found.Entries))
			}
		})
	}
}
