package ops

import (
	"runtime/debug"
	"runtime/metrics"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/rounds"
)

const (
	givesBack = time.Minute
	busyFrom  = 3 // collections of garbage in that time; one is made here, one comes by itself
)

// memory gives an idle desk's garbage back: it makes so little that the collector
// waits until there is as much of it as of everything else.
type memory struct {
	looked time.Time
	cycles uint64
}

func bindMemory(app core.App) {
	m := &memory{}
	rounds.Bind(app, rounds.Of{Name: "opsMemory", Round: m.look})
}

func (m *memory) look(now time.Time) error {
	if !m.looked.IsZero() && now.Sub(m.looked) < givesBack {
		return nil
	}
	before := m.cycles
	m.cycles = collections()
	if !m.looked.IsZero() && m.cycles-before < busyFrom {
		debug.FreeOSMemory()
	}
	m.looked = now
	return nil
}

// collections is how many there were since the program began.
func collections() uint64 {
	sample := []metrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
