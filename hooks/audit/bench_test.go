package audit_test

import (
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
)

// BenchmarkAdd is one entry of a batch that shares a commit, as the timeline's
// writer makes them.
func BenchmarkAdd(b *testing.B) {
	app := desk(b)
	e := audit.Entry{
		Act: "conversations.taken", Object: audit.Object{Kind: "conversations", ID: "abcdefghijklmno"}, Actor: &ann,
		Changes: []audit.Change{{Field: "staff", After: []audit.Named{{ID: ann.ID, Name: ann.Name}}}},
	}
	for b.Loop() {
		b.StopTimer()
		err := app.RunInTransaction(func(app core.App) error {
			b.StartTimer()
			for range 64 {
				if err := audit.Add(app, e); err != nil {
					return err
				}
			}
			b.StopTimer()
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/64, "µs/entry")
}

func BenchmarkVerify(b *testing.B) {
	app := desk(b)
	err := app.RunInTransaction(func(app core.App) error {
		for range 20_000 {
			if err := audit.Add(app, audit.Entry{Act: "things.done", Object: audit.Object{Kind: "things", ID: "1"}, Actor: &ann}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if r := verify(b, app); !r.OK {
			b.Fatal(wrongs(r.Faults))
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/20_000, "µs/entry")
}
