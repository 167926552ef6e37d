package seed

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

// Of a history: how much is said in a conversation, how often somebody comes, and
// how much is written in one transaction.
const (
	perConversation = 10
	perCustomer     = 5
	perCommit       = 20_000
)

// What is written in a shop's chat, as far as an index is concerned: some words in
// every third message, some in every thousandth.
var phrases = strings.Fields("我 你好 在吗 请问 这件外套 还有货吗 什么时候发货 退款 怎么退 尺码 偏大吗 快递到哪了 物流 地址写错了 可以改吗 " +
	"发票 能开吗 谢谢 好的 收到 颜色 有色差吗 优惠券 用不了 价格 能便宜吗 质量 起球 掉色 洗了 缩水 换货 运费 谁出 客服 小王 什么材质 纯棉 几天到 顺丰")

// History is what has been said in a shop: so many messages in closed
// conversations, ten each, of customers who came five times. The same seed gives
// the same one.
type History struct {
	Messages int
	Seed     uint64
	Groups   []string // whose the conversations were, in turn; none: nobody's

	dice    *rand.Rand
	channel string
	by      conversations.Author
	began   time.Time
}

// Write adds it to the shop's own, and tells now and then how many messages there
// are. The shop must have a channel and somebody who works there.
func (h *History) Write(ctx context.Context, app core.App, told func(done int)) error {
	ch, err := channels.Default(app)
	if err != nil {
		return err
	}
	people, err := access.People(app)
	if err != nil {
		return err
	}
	if len(people) == 0 {
		return errors.New("nobody works here yet")
	}
	h.dice, h.channel, h.by = rand.New(rand.NewPCG(h.Seed, h.Seed)), ch.Id, conversations.Staff(people[0]) //nolint:gosec // made up, and made up again
	h.began = clock.Now(app).Add(-time.Duration(h.Messages+perConversation) * 30 * time.Second)
	for from := 0; from < h.Messages; from += perCommit {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		to := min(h.Messages, from+perCommit)
		if err := conversations.WritePast(app, func(p *conversations.Past) error { return h.write(p, from, to) }); err != nil {
			return err
		}
		told(to)
	}
	return nil
}

func (h *History) write(p *conversations.Past, from, to int) error {
	for i := from; i < to; i += perConversation {
		n := i / perConversation
		if n%perCustomer == 0 {
			if err := h.customer(p, n/perCustomer); err != nil {
				return err
			}
		}
		if err := h.conversation(p, n, i, min(to, i+perConversation)); err != nil {
			return err
		}
	}
	return nil
}

// id is of the n-th of its kind; a shop has only one such history.
func id(kind string, n int) string { return fmt.Sprintf("%s%014d", kind, n) }

func (h *History) customer(p *conversations.Past, n int) error {
	at := clock.Stored(h.began)
	_, err := p.Query("INSERT INTO customers (id, name, phone, tags, custom, created, updated) VALUES ({:id}, {:name}, {:phone}, '[]', '{}', {:at}, {:at})",
		dbx.Params{"id": id("u", n), "name": fmt.Sprintf("客户%d", n), "phone": fmt.Sprintf("1%02d%08d", 30+n%70, n), "at": at}).Execute()
	if err != nil {
		return fmt.Errorf("customer: %w", err)
	}
	_, err = p.Query("INSERT INTO contacts (id, customer, channel, name, seen, created) VALUES ({:id}, {:customer}, {:channel}, {:name}, {:at}, {:at})",
		dbx.Params{"id": id("p", n), "customer": id("u", n), "channel": h.channel, "name": fmt.Sprintf("客户%d", n), "at": at}).Execute()
	if err != nil {
		return fmt.Errorf("contact: %w", err)
	}
	return nil
}

func (h *History) conversation(p *conversations.Past, n, from, to int) error {
	at := h.began.Add(time.Duration(from) * 30 * time.Second).UTC().Truncate(time.Millisecond)
	c := &conversations.Conversation{
		ID: id("c", n), Contact: id("p", n/perCustomer), Customer: id("u", n/perCustomer), Channel: h.channel, Status: conversations.Closed,
		Priority: "normal", Assignee: h.by.ID, Owner: h.by.ID, Opened: at, Queued: at, Rank: at,
	}
	if len(h.Groups) > 0 {
		c.Group = h.Groups[n%len(h.Groups)]
	}
	for i := from; i < to; i++ {
		m := &conversations.Message{
			ID: id("m", i), Seq: p.Next(), Conversation: c.ID, Contact: c.Contact, Kind: conversations.Text, Text: Sentence(h.dice, i),
			From: conversations.Author{Kind: conversations.FromVisitor, ID: c.Contact, Name: fmt.Sprintf("客户%d", n/perCustomer)}, Time: at,
		}
		if i%2 == 1 {
			m.From = h.by
		}
		if err := p.Entry(m); err != nil {
			return err
		}
		if err := p.Index(m); err != nil {
			return err
		}
		c.LastSeq, c.Closed = m.Seq, m.Time
		c.Last = &conversations.Last{Kind: m.Kind, Text: m.Text, From: m.From.Kind, Time: m.Time}
		at = at.Add(30 * time.Second)
	}
	c.ReadStaff, c.ReadVisitor, c.Rev = c.LastSeq, c.LastSeq, p.Next()
	return p.Conversation(c)
}

// Sentence is the i-th thing that is said, by chance.
func Sentence(r *rand.Rand, i int) string {
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
