package rounds_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/rounds"
)

// C77. A round that fails, or panics, is not the last one; and there is none before
// the desk is served, nor after it has stopped.
func TestRoundsGoOnWhateverComesOfOne(t *testing.T) {
	t.Parallel()
	app := desktest.Bare(t)
	made := make(chan int, 10)
	var n atomic.Int64
	w := rounds.Bind(app, rounds.Of{Name: "trial", Due: func() bool { return false }, Round: func(time.Time) error {
		i := int(n.Add(1))
		made <- i
		switch i {
		case 1:
			return errors.New("a fault")
		case 2:
			panic("a bug")
		}
		return nil
	}})
	w.Wake()
	if n.Load() != 0 {
		t.Fatal("a round before the desk is served")
	}
	desktest.Serve(t, app)
	for want := 1; want <= 3; want++ {
		select {
		case got := <-made:
			if got != want {
				t.Fatalf("round %d, want %d", got, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("round %d never came", want)
		}
		w.Wake()
	}
	app.Cleanup()
	was := n.Load()
	w.Wake()
	if n.Load() != was {
		t.Fatal("a round after the desk has stopped")
	}
}
