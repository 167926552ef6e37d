package ops

import (
	"runtime/debug"
	"runtime/metrics"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/rounds"
)

// How much may be thrown away before it is collected, in percent of what is kept:
// as Go has it, and where that would be oftener than so many times a second. Then
// collecting takes a tenth of the processor, and what is kept is little: a good
// bargain, while it lasts.
const (
	calm, busy = 100, 200
	often      = 4
)

// collector is what has been made out about collecting.
type collector struct {
	percent uint64
	cycles  uint64 // until the last look
}

// bargain looks once a second. Who has set GOGC has made their own.
func bargain(app core.App) {
	if set := debug.SetGCPercent(calm); set != calm {
		debug.SetGCPercent(set)
		return
	}
	c := &collector{percent: calm}
	rounds.Bind(app, rounds.Of{Name: "memory", Round: func(time.Time) error {
		if percent := c.look(cycles()); percent != c.percent {
			c.percent = percent
			debug.SetGCPercent(int(percent)) //nolint:gosec // one of two
		}
		return nil
	}})
}

// look is how much is right after a second that ended with so many cycles. One that
// is busy has half of them.
func (c *collector) look(cycles uint64) uint64 {
	lately := cycles - c.cycles
	c.cycles = cycles
	if lately*c.percent > often*calm {
		return busy
	}
	return calm
}

func cycles() uint64 {
	all := []metrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(all)
	return all[0].Value.Uint64()
}
