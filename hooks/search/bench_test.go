package search_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/search"
	"github.com/dianxiaoer/xiaoer/hooks/seed"
	"github.com/dianxiaoer/xiaoer/hooks/terms"
)

// filled is a shop with so many messages.
func filled(b *testing.B, size int) *desk {
	b.Helper()
	d := open(b)
	began := time.Now()
	h := seed.History{Messages: size, Seed: 7, Groups: []string{d.ann.Groups[0], d.ann.Groups[0], d.other.Groups[0]}}
	d.must(h.Write(b.Context(), d.app, func(int) {}))
	b.Logf("%d messages in %s", size, time.Since(began).Round(time.Second))
	return d
}

// BenchmarkSearch is how long a search takes over a million messages, for who sees
// all and for who sees a part; with -short over fifty thousand.
func BenchmarkSearch(b *testing.B) {
	size := 1_000_000
	if testing.Short() {
		size = 50_000
	}
	d := filled(b, size)
	number := func() string {
		var text string
		d.must(d.app.DB().NewQuery("SELECT text FROM messages WHERE seq > {:half} AND text LIKE '%订单号%' LIMIT 1").Bind(dbx.Params{"half": size / 2}).Row(&text))
		return text[strings.Index(text, "订单号")+len("订单号"):]
	}()
	for _, c := range []struct {
		name string
		by   *access.Person
		q    search.Asked
	}{
		{"a common character", d.chief, search.Asked{Typed: "我"}},
		{"a common character, a part seen", d.ann, search.Asked{Typed: "我"}},
		{"two characters", d.chief, search.Asked{Typed: "退款"}},
		{"two characters, a part seen", d.ann, search.Asked{Typed: "退款"}},
		{"two words", d.chief, search.Asked{Typed: "退款 发票"}},
		{"a rare word", d.chief, search.Asked{Typed: "羊绒披肩"}},
		{"an order number", d.chief, search.Asked{Typed: number}},
		{"the end of an order number", d.chief, search.Asked{Typed: number[len(number)-6:]}},
		{"the beginning of order numbers", d.chief, search.Asked{Typed: number[:4]}},
		{"the end of a phone number", d.chief, search.Asked{Typed: "6027"}},
		{"nothing", d.chief, search.Asked{Typed: "没有这个词"}},
		{"best, a common character", d.chief, search.Asked{Typed: "我", Sort: "best"}},
		{"best, two characters", d.chief, search.Asked{Typed: "退款", Sort: "best"}},
		{"best, two words", d.chief, search.Asked{Typed: "退款 发票", Sort: "best"}},
		{"in a thread", d.chief, search.Asked{Typed: "我", Conversation: fmt.Sprintf("c%014d", size/20)}},
	} {
		b.Run(c.name, func(b *testing.B) {
			var times []time.Duration
			hits := 0
			for b.Loop() {
				began := time.Now()
				a, err := search.Find(b.Context(), d.app, c.by, c.q)
				times = append(times, time.Since(began))
				if err != nil {
					b.Fatal(err)
				}
				hits = len(a.Hits)
			}
			slices.Sort(times)
			at := func(share float64) float64 {
				return float64(times[int(share*float64(len(times)-1))].Microseconds()) / 1000
			}
			b.ReportMetric(at(.5), "p50-ms")
			b.ReportMetric(at(.95), "p95-ms")
			b.ReportMetric(float64(hits), "hits")
		})
	}
}

// BenchmarkPost is what a message takes, and how much of it is that it can be
// found.
func BenchmarkPost(b *testing.B) {
	d := open(b)
	who := d.comes()
	d.says(who, "你好")
	r := rand.New(rand.NewPCG(7, 7)) // the same words each time
	texts := make([]string, 1000)
	for i := range texts {
		texts[i] = seed.Sentence(r, i)
	}
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			d.says(who, texts[d.n%len(texts)])
		}
	})
	b.Run("words", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			_ = terms.Words(texts[i%len(texts)])
		}
	})
	// What a commit takes that writes something else, and so many times the index:
	// what is more than that, divided, is the index's.
	for _, n := range []int{0, 1, 64} {
		b.Run(fmt.Sprint("a commit with ", n, " entries of the index"), func(b *testing.B) {
			seq := int64(n+1) << 40
			for b.Loop() {
				d.must(conversations.Write(d.app, func(tx *conversations.Tx) error {
					db := tx.App.NonconcurrentDB()
					if _, err := db.NewQuery("UPDATE sequence SET floor = 0 WHERE id = 1").Execute(); err != nil {
						return err
					}
					insert := db.NewQuery("INSERT INTO message_words (rowid, words) VALUES ({:seq}, {:words})").Prepare()
					defer func() { _ = insert.Close() }()
					for range n {
						seq++
						if _, err := insert.Bind(dbx.Params{"seq": seq, "words": terms.Words(texts[int(seq)%len(texts)])}).Execute(); err != nil {
							return err
						}
					}
					return nil
				}))
			}
		})
	}
}
