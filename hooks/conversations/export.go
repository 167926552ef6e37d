package conversations

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/views/export"
)

// exportPage is how many entries are read at once while a history is written.
const exportPage = 500

// CustomerSeenBy returns the customer whom an id means by now, see
// [customers.Now], to who may see them: that takes the permission, or a
// conversation that they may see; not_found otherwise.
func CustomerSeenBy(app core.App, p *access.Person, id string) (*customers.Customer, error) {
	c, err := customers.Now(app, id)
	if err != nil || p.May(access.CustomersSee) {
		return c, err
	}
	seen, err := OfCustomerSeenBy(app, p, c.Id, "", 1)
	if err == nil && len(seen) == 0 {
		err = fail.New(fail.NotFound, "fail.not_found")
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// AllSeenBy reports whether p may see every conversation of a customer.
func AllSeenBy(app core.App, p *access.Person, customer string) (bool, error) {
	if p.May(access.ConversationsSeeAll) {
		return true, nil
	}
	seen, err := CountOfCustomer(app, p, customer)
	if err != nil {
		return false, err
	}
	var all int
	err = app.ConcurrentDB().Select("COUNT(*)").From("conversations").Where(dbx.HashExp{"customer": customer}).Row(&all)
	return seen == all, err
}

// history is all that was said with some contacts up to a moment: what is said while
// it is written is not in it.
type history struct {
	*customers.ExportEvent
	ids  []string // of the conversations, as they were opened
	head int64
}

// exportHistory is this package's part: the conversations, and all that was said.
func exportHistory(e *customers.ExportEvent) error {
	span, err := Extent(e.App)
	if err != nil {
		return err
	}
	h := &history{ExportEvent: e, head: span.Head}
	contacts := make([]any, len(e.Contacts))
	for i, c := range e.Contacts {
		contacts[i] = c.Id
	}
	if err = e.App.ConcurrentDB().Select("id").From("conversations").Where(dbx.In("contact", contacts...)).OrderBy("opened", "id").Column(&h.ids); err != nil {
		return fmt.Errorf("conversations to export: %w", err)
	}
	var n int
	err = e.App.ConcurrentDB().Select("COUNT(*)").From("conversations c").InnerJoin("messages m", dbx.NewExp("m.conversation = c.id")).
		Where(dbx.And(dbx.In("c.contact", contacts...), dbx.NewExp("m.seq <= {:head} AND m.kind != 'event'", dbx.Params{"head": h.head}))).Row(&n)
	if err != nil {
		return fmt.Errorf("messages to export: %w", err)
	}
	e.Parts = append(e.Parts,
		customers.Part{Name: "conversations", Count: len(h.ids), Rows: h.conversations()},
		customers.Part{Name: "messages", Title: e.Say.T("export.history"), Long: true, Count: n, Rows: h.messages()})
	return e.Next()
}

type conversationData struct {
	ID      string      `json:"id"`
	Contact string      `json:"contact"`
	Channel string      `json:"channel,omitempty"`
	Status  Status      `json:"status"`
	Opened  string      `json:"opened"`
	Closed  string      `json:"closed,omitempty"`
	Served  string      `json:"served_by,omitempty"` // a nickname
	Tags    []string    `json:"tags,omitempty"`
	Emotion Emotion     `json:"emotion,omitempty"`
	Rating  *ratingData `json:"rating,omitempty"`
}

type ratingData struct {
	Score    int    `json:"score"`
	First    int    `json:"first_score,omitempty"` // before they thought better of it
	Resolved *bool  `json:"resolved,omitempty"`
	Comment  string `json:"comment,omitempty"`
	Time     string `json:"time,omitempty"`
}

// each are the conversations, but for those that were forgotten meanwhile. An error
// is the last.
func (h *history) each() iter.Seq2[*Conversation, error] {
	return func(yield func(*Conversation, error) bool) {
		for _, id := range h.ids {
			c, err := ByID(h.App, id)
			if fail.Of(err).Kind == fail.NotFound {
				continue
			}
			if !yield(c, err) || err != nil {
				return
			}
		}
	}
}

func (h *history) conversations() iter.Seq2[customers.Row, error] {
	return func(yield func(customers.Row, error) bool) {
		for c, err := range h.each() {
			if err != nil {
				yield(customers.Row{}, err)
				return
			}
			if !yield(customers.Row{Data: h.data(c)}, nil) {
				return
			}
		}
	}
}

func (h *history) data(c *Conversation) conversationData {
	d := conversationData{
		ID: c.ID, Contact: c.Contact, Channel: h.channel(c), Status: c.Status, Opened: clock.Wire(c.Opened), Closed: clock.Wire(c.Closed), Served: h.Nickname(c.Assignee), Emotion: c.Emotion,
	}
	for _, id := range c.Tags {
		if t, err := customers.TagByID(h.App, id); err == nil { // else it is no tag any more
			d.Tags = append(d.Tags, t.Name())
		}
	}
	if c.Rating > 0 {
		d.Rating = &ratingData{Score: c.Rating, First: c.FirstRating, Comment: c.RatingComment, Time: clock.Wire(c.Rated)}
		if c.Resolved != "" {
			yes := c.Resolved == "yes"
			d.Rating.Resolved = &yes
		}
	}
	return d
}

func (h *history) channel(c *Conversation) string {
	ch, err := channels.Known(h.App, c.Channel)
	if err != nil { // it is gone
		return ""
	}
	return ch.Name()
}

// begins is how a conversation begins on the page.
func (h *history) begins(c *Conversation) customers.Row {
	d, say := h.data(c), h.Say
	rating, comment := "", ""
	if d.Rating != nil {
		rating, comment = h.score(d.Rating.Score, d.Rating.Resolved), d.Rating.Comment
	}
	return customers.Row{View: export.Begins(export.Conversation{
		Title: d.Channel,
		Facts: customers.Facts(say.T("export.opened"), h.At(c.Opened), say.T("export.closed"), h.At(c.Closed), say.T("export.served"), d.Served,
			say.T("export.tags"), strings.Join(d.Tags, say.T("console.comma")), say.T("export.rating"), rating, say.T("export.comment"), comment),
	})}
}

func (h *history) score(n int, resolved *bool) string {
	text := h.Say.T("console.rating_"+strconv.Itoa(n)) + " (" + strconv.Itoa(n) + "/5)"
	switch {
	case resolved == nil:
		return text
	case *resolved:
		return text + " · " + h.Say.T("console.rated_solved")
	default:
		return text + " · " + h.Say.T("console.rated_unsolved")
	}
}

// messages are the history: on the page with a head for each conversation, and the
// dates between entries.
func (h *history) messages() iter.Seq2[customers.Row, error] {
	return func(yield func(customers.Row, error) bool) {
		for c, err := range h.each() {
			if err != nil {
				yield(customers.Row{}, err)
				return
			}
			if !yield(h.begins(c), nil) || !h.said(c, yield) {
				return
			}
		}
	}
}

// said gives c's entries, some at a time, and reports whether more is wanted.
func (h *history) said(c *Conversation, yield func(customers.Row, error) bool) bool {
	day := ""
	for after := int64(0); ; {
		list, err := messages(h.App, messageColumns+" FROM messages WHERE conversation = {:id} AND seq > {:after} AND seq <= {:head} ORDER BY seq LIMIT {:most}",
			dbx.Params{"id": c.ID, "after": after, "head": h.head, "most": exportPage})
		var with *attached
		if err == nil {
			with, err = h.attachedTo(list)
		}
		if err != nil {
			yield(customers.Row{}, err)
			return false
		}
		for _, m := range list {
			row, shown := h.row(m, with)
			if !shown {
				continue
			}
			if today := h.date(m.Time); today != day {
				if day = today; !yield(customers.Row{View: export.Day(today)}, nil) {
					return false
				}
			}
			if !yield(row, nil) {
				return false
			}
		}
		if len(list) < exportPage {
			return true
		}
		after = list[len(list)-1].Seq
	}
}

func (h *history) date(t time.Time) string {
	return t.In(h.Zone).Format("2006-01-02") + " " + h.Say.Weekday(t.In(h.Zone))
}
