package ops

import "testing"

// A desk that is busy stays so while it is, although it collects half as often, and
// becomes calm with what it has to do.
func TestWhoIsBusyCollectsLess(t *testing.T) {
	t.Parallel()
	c := &collector{percent: calm}
	total := uint64(0)
	for second, is := range []struct{ cycles, percent uint64 }{{1, calm}, {4, calm}, {8, busy}, {4, busy}, {3, busy}, {2, calm}, {4, calm}, {0, calm}} {
		total += is.cycles
		if c.percent = c.look(total); c.percent != is.percent {
			t.Errorf("second %d: %d percent after %d cycles, not %d", second, c.percent, is.cycles, is.percent)
		}
	}
}
