package health

import (
	"path/filepath"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/dianxiaoer/xiaoer/hooks/backup"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/disk"
	"github.com/dianxiaoer/xiaoer/hooks/outbox"
	"github.com/dianxiaoer/xiaoer/hooks/protocol"
	"github.com/dianxiaoer/xiaoer/hooks/queries"
)

// gauges are the figures that are asked for when somebody reads them. One that
// cannot be had is left out.
type gauges struct {
	app     core.App
	version string
	faults  func() int64
}

func figure(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("xiaoer_"+name, help, labels, nil)
}

var (
	figBuild    = figure("build_info", "1, with the program's version.", "version")
	figSockets  = figure("sockets", "Open WebSockets.", "side")
	figOpen     = figure("conversations", "Conversations that are not closed, by state.", "status")
	figEntries  = figure("timeline_entries_total", "Numbers given to timeline entries and changes of conversations.")
	figLate     = figure("outbox_late", "Effects that are due and not done yet.")
	figOldest   = figure("outbox_oldest_seconds", "How long the first of those has been due.")
	figGivenUp  = figure("outbox_given_up", "Effects that were given up.")
	figDatabase = figure("database_bytes", "Size of the database's files.", "file")
	figFree     = figure("disk_free_bytes", "What may still be written on the data folder's disk.")
	figAll      = figure("disk_bytes", "What the data folder's disk holds in all.")
	figBackup   = figure("backup_age_seconds", "Age of the newest backup.")
	figReplica  = figure("replica_age_seconds", "For how long what was committed may be missing in the warm copy.")
	figSlow     = figure("slow_queries_total", "Questions to the database that took 100 ms or longer.")
	figFaults   = figure("faults_total", "Errors that were logged, panics among them.")
	figHealthy  = figure("writes_healthy", "1 while the timeline is written without a failing disk.")
)

// Describe names none: which there are depends on what can be asked.
func (g gauges) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (g gauges) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	total := func(d *prometheus.Desc, value int64) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(value))
	}
	now := time.Now()
	gauge(figBuild, 1, g.version)
	visitors, staff := protocol.Connected(g.app)
	gauge(figSockets, float64(visitors), "visitor")
	gauge(figSockets, float64(staff), "staff")
	if span, err := conversations.Extent(g.app); err == nil {
		total(figEntries, span.Head)
	}
	if counts, err := conversations.Unclosed(g.app); err == nil {
		for status, n := range counts {
			gauge(figOpen, float64(n), string(status))
		}
	}
	if b, err := outbox.BacklogOf(g.app, now); err == nil {
		gauge(figLate, float64(b.Late))
		gauge(figGivenUp, float64(b.GivenUp))
		gauge(figOldest, waited(b, now).Seconds())
	}
	for _, name := range []string{"data.db", "data.db-wal", "auxiliary.db"} {
		gauge(figDatabase, float64(disk.Of(filepath.Join(g.app.DataDir(), name))), name)
	}
	if free, all, err := disk.Space(g.app.DataDir()); err == nil {
		gauge(figFree, float64(free))
		gauge(figAll, float64(all))
	}
	if made := backup.Newest(g.app); !made.IsZero() {
		gauge(figBackup, now.Sub(made).Seconds())
	}
	if s, on := backup.ReplicaStatus(g.app); on {
		gauge(figReplica, s.Age(now).Seconds())
	}
	_, slow := queries.Noticed()
	total(figSlow, int64(slow))
	if g.faults != nil {
		total(figFaults, g.faults())
	}
	healthy := 0.0
	if conversations.Healthy(g.app) {
		healthy = 1
	}
	gauge(figHealthy, healthy)
}

func waited(b outbox.Backlog, now time.Time) time.Duration {
	if b.Oldest.IsZero() {
		return 0
	}
	return now.Sub(b.Oldest)
}
