package retention_test

import (
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/retention"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// A clock that leaps ahead removes nothing for a day, nor does the way back. Days that
// pass one after the other are no leap.
func TestAClockThatLeaptRemovesNothing(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	if err := settings.Save(app, "retention", retention.Rules{Conversations: 12}); err != nil {
		t.Fatal(err)
	}
	at := noon
	left := func(want int, what string) {
		t.Helper()
		if _, err := retention.Round(app, at); err != nil {
			t.Fatal(err)
		}
		if n := count(t, app, "conversations"); n != want {
			t.Errorf("%s: %d conversations are left, want %d", what, n, want)
		}
	}
	put(t, app, 1, "young", noon.AddDate(0, -11, 0))
	put(t, app, 2, "oldest", noon.AddDate(0, -12, 1))
	left(2, "at first")
	at = noon.AddDate(4, 0, 0)
	left(2, "four years ahead")
	at = at.Add(23 * time.Hour)
	left(2, "and for a day")
	at = noon.Add(time.Minute)
	left(2, "set back")
	for range 8 {
		at = at.Add(6 * time.Hour)
		left(2-min(int(at.Sub(noon)/(24*time.Hour)), 1), "as time goes by") // the oldest is a year old a day later
	}
}

// What the clock shows outlasts the program, and a leap that is right, of a desk that
// was off, costs a day.
func TestADeskThatWasOffWaitsForADay(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	put(t, app, 1, "oldest", noon.AddDate(-1, 0, 0))
	if err := settings.Save(app, "retention", retention.Rules{Conversations: 24}); err != nil {
		t.Fatal(err)
	}
	if _, err := retention.Round(app, noon); err != nil {
		t.Fatal(err)
	}
	again := desktest.After(t, app)
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {23 * time.Hour, 1}, {25 * time.Hour, 0}} {
		if _, err := retention.Round(again, noon.AddDate(2, 0, 0).Add(c.after)); err != nil {
			t.Fatal(err)
		}
		if n := count(t, again, "conversations"); n != c.want {
			t.Errorf("%s after it is on again %d are left, want %d", c.after, n, c.want)
		}
	}
}

// The night's sweep of what has run out by itself waits, too: everybody would have to
// begin anew.
func TestAClockThatLeaptEndsNoSession(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	if _, err := app.NonconcurrentDB().NewQuery("INSERT INTO visitor_sessions (id, contact, hash, seen) VALUES ('a', 'a', 'a', {:seen})").Bind(dbx.Params{"seen": clock.Stored(noon)}).Execute(); err != nil {
		t.Fatal(err)
	}
	left := func(at time.Time) int {
		t.Helper()
		clock.Set(app, func() time.Time { return at })
		if _, err := retention.Round(app, at); err != nil {
			t.Fatal(err)
		}
		for _, job := range app.Cron().Jobs() {
			if job.Id() == "customers.sweep" {
				job.Run()
			}
		}
		return count(t, app, "visitor_sessions")
	}
	if left(noon) != 1 || left(noon.AddDate(4, 0, 0)) != 1 {
		t.Error("a session ended by a clock that leapt")
	}
	if left(noon.AddDate(4, 0, 0).Add(25*time.Hour)) != 0 {
		t.Error("one that has run out stays")
	}
}
