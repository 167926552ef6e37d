package search_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/search"
	"github.com/dianxiaoer/xiaoer/hooks/terms"
)

// What customers of shops write, as far as the index is concerned: some words in
// every third message, some in every thousandth.
var phrases = strings.Fields("我 你好 在吗 请问 这件外套 还有货吗 什么时候发货 退款 怎么退 尺码 偏大吗 快递到哪了 物流 地址写错了 可以改吗 " +
	"发票 能开吗 谢谢 好的 收到 颜色 有色差吗 优惠券 用不了 价格 能便宜吗 质量 起球 掉色 洗了 缩水 换货 运费 谁出 客服 小王 什么材质 纯棉 几天到 顺丰")

// filled is a shop with so many messages, ten a conversation, written as quickly as
// can be: no change of one's own each.
func filled(b *testing.B, size int) *desk {
	b.Helper()
	d := open(b)
	r := rand.New(rand.NewPCG(7, 7)) // the same shop each time
	began := time.Now()
	const step = 20_000
	seq := int64(0)
	for from := 0; from < size; from += step {
		d.must(d.app.RunInTransaction(func(app core.App) error {
			db := app.NonconcurrentDB()
			message := db.NewQuery("INSERT INTO messages (id, seq, conversation, contact, sender, kind, text, data, [[from]], time, staff_only, recalled) VALUES " +
				"({:id}, {:seq}, {:c}, {:contact}, {:sender}, 'text', {:text}, 'null', '{\"kind\":\"visitor\"}', {:time}, FALSE, FALSE)").Prepare()
			words := db.NewQuery("INSERT INTO message_words (rowid, words) VALUES ({:seq}, {:words})").Prepare()
			conversation := db.NewQuery("INSERT INTO conversations (id, contact, status, [[group]], priority, tags, [[last]], preferred, deadlines, last_seq, opened) VALUES " +
				"({:c}, {:contact}, 'closed', {:group}, 'normal', '[]', 'null', 'null', 'null', {:seq}, {:time})").Prepare()
			defer func() { _, _, _ = message.Close(), words.Close(), conversation.Close() }()
			for i := from; i < min(size, from+step); i++ {
				seq++
				c := fmt.Sprintf("c%014d", i/10)
				p := dbx.Params{
					"id": fmt.Sprintf("m%014d", i), "seq": seq, "c": c, "contact": "p" + c[1:], "sender": "visitor:p" + c[1:], "text": sentence(r, i),
					"time": time.Date(2024, 1, 1, 0, 0, i, 0, time.UTC).Format("2006-01-02 15:04:05.000Z"),
				}
				if _, err := message.Bind(p).Execute(); err != nil {
					return err
				}
				if _, err := words.Bind(dbx.Params{"seq": seq, "words": terms.Words(fmt.Sprint(p["text"])) + " " + terms.Label('c', c)}).Execute(); err != nil {
					return err
				}
				if i%10 == 0 {
					p["group"] = d.ann.Groups[0]
					if i%30 == 0 {
						p["group"] = d.other.Groups[0]
					}
					if _, err := conversation.Bind(p).Execute(); err != nil {
						return err
					}
				}
			}
			return nil
		}))
	}
	_, err := d.app.NonconcurrentDB().NewQuery("UPDATE sequence SET last = {:seq} WHERE id = 1").Bind(dbx.Params{"seq": seq}).Execute()
	d.must(err)
	b.Logf("%d messages in %s", size, time.Since(began).Round(time.Second))
	return d
}

func sentence(r *rand.Rand, i int) string {
	var text strings.Builder
	for range 2 + r.IntN(5) {
		text.WriteString(phrases[r.IntN(len(phrases))])
		text.WriteString([]string{"，", "", " "}[r.IntN(3)])
	}
	switch {
	case r.IntN(8) == 0:
		fmt.Fprintf(&text, "订单号%d%010d", 20240101+i/50000, i)
	case r.IntN(30) == 0:
		fmt.Fprintf(&text, "电话1%d%08d", 30+r.IntN(69), r.IntN(100_000_000))
	case r.IntN(2000) == 0:
		text.WriteString("羊绒披肩")
	}
	return text.String()
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
		texts[i] = sentence(r, i)
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
