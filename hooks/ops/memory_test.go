package ops

import (
	"runtime"
	"testing"
	"time"
)

// Not parallel: it counts collections of the whole process.
func TestAnIdleDeskGivesItsGarbageBack(t *testing.T) {
	m, now := &memory{}, time.Now()
	turn := func(later time.Duration, busy int) bool {
		t.Helper()
		now = now.Add(later)
		for range busy {
			runtime.GC()
		}
		before := collections()
		if err := m.look(now); err != nil {
			t.Fatal(err)
		}
		return collections() > before
	}
	if turn(0, 0) {
		t.Error("it gave something back at once")
	}
	if turn(givesBack/2, 0) {
		t.Error("it gave something back within a minute")
	}
	if !turn(givesBack/2, 0) {
		t.Error("idle for a minute, it kept everything")
	}
	if turn(givesBack, busyFrom) {
		t.Error("it worked beside a desk that is busy")
	}
	if !turn(givesBack, 0) {
		t.Error("idle again, it kept everything")
	}
}
