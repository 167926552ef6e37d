package sla_test

import (
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/sla"
)

// A sweep that finds nothing among 100,000 open deadlines. It is to cost less
// than 5 ms.
func BenchmarkSweepOf100000(b *testing.B) {
	d := furnished(b)
	id := d.says(d.visitor())
	_, err := d.app.NonconcurrentDB().NewQuery(`
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
		INSERT INTO conversations (id, contact, customer, channel, status, priority, tags, [[last]], rev, opened, deadlines, sweep)
		SELECT printf('c%014d', i), printf('v%014d', i), c.customer, c.channel, 'open', 'normal', '[]', 'null', c.rev, c.opened, c.deadlines,
			strftime('%Y-%m-%d %H:%M:%fZ', 1800000000 + i % 86400, 'unixepoch')
		FROM n, conversations c WHERE c.id = '` + id + `'`).Execute()
	d.must(err)
	start := time.Now()
	d.sweep() // looks at all of them once after a start
	b.Logf("the first sweep took %s", time.Since(start))
	b.ResetTimer()
	var slowest time.Duration
	for b.Loop() {
		start = time.Now()
		if err := sla.Sweep(d.app); err != nil {
			b.Fatal(err)
		}
		slowest = max(slowest, time.Since(start))
	}
	b.ReportMetric(float64(slowest.Microseconds()), "µs-slowest")
}
