package outbox

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/desktest/bare"
)

// given returns an app whose kind "mail" notes what happens, or fails as told.
func given(t *testing.T, fails func(payload string, tries int) error) (app core.App, b *box, happened func() []string) {
	t.Helper()
	app = bare.New(t)
	Register(app)
	var mu sync.Mutex
	var list []string
	Handle(app, "mail", func(_ context.Context, _ core.App, e *Effect) error {
		var payload string
		if err := e.Into(&payload); err != nil {
			return err
		}
		if err := fails(payload, e.Tries); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		list = append(list, payload)
		return nil
	})
	return app, of(app), func() []string { mu.Lock(); defer mu.Unlock(); return slices.Clone(list) }
}

func never(string, int) error { return nil }

func add(t *testing.T, app core.App, payload string, due time.Time) {
	t.Helper()
	if err := Add(app, "mail", payload, due); err != nil {
		t.Fatal(err)
	}
}

// until steps through time, doing what comes due, and returns what happened.
func (b *box) until(now, end time.Time) {
	for now.Before(end) {
		now = now.Add(b.next(context.Background(), b.kinds["mail"], now))
	}
}

func TestOnlyWhatCommitsHappens(t *testing.T) {
	app, b, happened := given(t, never)
	now, undone := time.Now(), errors.New("undone")
	_ = app.RunInTransaction(func(app core.App) error {
		return errors.Join(Add(app, "mail", "rolled back", now), undone)
	})
	if err := app.RunInTransaction(func(app core.App) error { return Add(app, "mail", "committed", now) }); err != nil {
		t.Fatal(err)
	}
	b.until(now.Add(time.Second), now.Add(time.Minute))
	if got := happened(); !slices.Equal(got, []string{"committed"}) {
		t.Errorf("happened: %v", got)
	}
}

func TestNothingHappensBeforeItIsDue(t *testing.T) {
	app, b, happened := given(t, never)
	now := time.Now()
	add(t, app, "later", now.Add(time.Minute))
	add(t, app, "now", now)
	b.until(now.Add(time.Second), now.Add(59*time.Second))
	if got := happened(); !slices.Equal(got, []string{"now"}) {
		t.Errorf("within the minute: %v", got)
	}
	b.until(now.Add(time.Minute), now.Add(63*time.Second))
	if got := happened(); !slices.Equal(got, []string{"now", "later"}) {
		t.Errorf("after the minute: %v", got)
	}
}

// C75, C77. An effect that fails, or panics, is tried again after growing pauses, and
// those behind it keep their order.
func TestFailuresAreTriedAgainInOrder(t *testing.T) {
	app, b, happened := given(t, func(payload string, tries int) error {
		switch {
		case payload == "first" && tries == 0:
			panic("boom")
		case payload == "first" && tries < 4:
			return errors.New("down")
		}
		return nil
	})
	now := time.Now()
	for _, payload := range []string{"first", "second", "third"} {
		add(t, app, payload, now)
	}
	start := now.Add(time.Second)
	b.until(start, start.Add(14*time.Second)) // 1+2+4+8 s of pauses
	if got := happened(); len(got) != 0 {
		t.Errorf("before its pauses were over: %v", got)
	}
	b.until(start.Add(15*time.Second), start.Add(20*time.Second))
	if got := happened(); !slices.Equal(got, []string{"first", "second", "third"}) {
		t.Errorf("happened: %v", got)
	}
}

func TestTheHopelessIsGivenUpAndKept(t *testing.T) {
	app, b, happened := given(t, func(payload string, _ int) error {
		if payload == "hopeless" {
			return errors.New("no such address")
		}
		return nil
	})
	now := time.Now()
	add(t, app, "hopeless", now)
	add(t, app, "fine", now)
	b.until(now.Add(time.Second), now.Add(15*time.Hour+8*time.Minute))
	if got := happened(); !slices.Equal(got, []string{"fine"}) {
		t.Errorf("happened: %v", got)
	}
	var kept struct {
		Attempts int    `db:"attempts"`
		Error    string `db:"error"`
		Done     string `db:"done"`
	}
	if err := app.DB().NewQuery("SELECT attempts, error, done FROM outbox").One(&kept); err != nil || kept.Attempts != most || kept.Error != "no such address" || kept.Done == "" {
		t.Errorf("kept %+v, %v", kept, err)
	}
}

// The running worker is woken by the commit, and a stop lets it finish.
func TestStoppingDrains(t *testing.T) {
	began, proceed := make(chan struct{}, 1), make(chan struct{})
	app, b, happened := given(t, func(payload string, _ int) error {
		if payload == "slow" {
			began <- struct{}{}
			<-proceed
		}
		return nil
	})
	b.start()
	past := time.Now().Add(-time.Second)
	add(t, app, "slow", past)
	<-began
	add(t, app, "behind", past)
	add(t, app, "another day", past.Add(24*time.Hour))
	close(proceed)
	if err := app.OnTerminate().Trigger(&core.TerminateEvent{App: app}, func(e *core.TerminateEvent) error { return e.Next() }); err != nil {
		t.Fatal(err)
	}
	if got := happened(); !slices.Equal(got, []string{"slow", "behind"}) {
		t.Errorf("happened: %v", got)
	}
}
