package backup_test

import (
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/backup"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
)

// BenchmarkPost is a message from its draft to the disk, 64 at a time, in a shop
// that is followed and in one that is not. `xiaoer bench --warm` holds both
// against each other in turns, as programs of their own.
func BenchmarkPost(b *testing.B) {
	for _, kind := range []string{"alone", "followed"} {
		b.Run(kind, func(b *testing.B) {
			app := desktest.New(b)
			if _, err := access.AddStaff(app, nil, access.Newcomer{Email: "owner@heye.cn", Nickname: "小满", Role: access.Owner, Password: password}); err != nil {
				b.Fatal(err)
			}
			s := desktest.Serve(b, app)
			if kind == "followed" {
				owner := desktest.SignIn(b, s, "owner@heye.cn", password)
				if a := owner.Post("/admin/backups/replica", url.Values{"warm": {"on"}, "to": {b.TempDir()}}); a.Status != http.StatusSeeOther {
					b.Fatalf("%d %s", a.Status, a.Text)
				}
				for st, _ := backup.ReplicaStatus(app); st.Fresh.IsZero(); st, _ = backup.ReplicaStatus(app) {
					runtime.Gosched()
				}
			}
			people := visitors(b, app, 256)
			b.SetParallelism(32)
			used := processor(b)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				c := <-people
				for n := 0; pb.Next(); n++ {
					draft := conversations.Draft{ID: fmt.Sprintf("%d-%d", b.N, n), Kind: conversations.Text, Text: "上周买的蜂蜜刚到，打开发现瓶子裂了"}
					if _, err := conversations.PostAsVisitor(app, c, draft); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(processor(b)-used)/float64(b.N), "cpu-ns/op")
		})
	}
}

// processor is the processor's time that this process has used so far: what else
// the machine is busy with does not count.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func visitors(b testing.TB, app core.App, n int) chan *customers.Contact {
	b.Helper()
	ch, err := channels.Add(app, channels.New{Name: "禾野优选", Default: true})
	if err != nil {
		b.Fatal(err)
	}
	list := make(chan *customers.Contact, n*10)
	for range n {
		c, _, _, err := customers.Arrive(app, customers.Arrival{Channel: ch.Id})
		if err != nil {
			b.Fatal(err)
		}
		for range 10 {
			list <- c
		}
	}
	return list
}
