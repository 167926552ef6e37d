package protocol

import (
	"time"
	"unicode/utf8"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/live"
)

// often bounds typing and page frames of a socket: what comes sooner is
// dropped, since the next one says the same.
const often = time.Second

// A visitor has as many sockets as they like, and everybody who looks at their
// thread hears of each frame: so many of these in so long are passed on.
const (
	hintsMost = 8
	hintsTime = 2 * time.Second
)

// hint reports whether a frame that is worth nothing later is passed on.
func (d *desk) hint(s *live.Session, who *caller) bool {
	if !who.isVisitor() || s.Exempt {
		return true
	}
	ok, _ := d.hints.Allow(who.contact.id)
	return ok
}

// typing passes on that somebody writes, and what, where the channel allows it.
func (d *desk) typing(who *caller, f live.Frame) (*conversations.Message, error) {
	in, err := decode[struct {
		Conversation string `json:"conversation"`
		On           bool   `json:"on"`
		Text         string `json:"text"`
	}](f.Text)
	if err != nil {
		return nil, err
	}
	if !who.types(in.On, time.Now()) || !d.hint(f.From, who) {
		return nil, nil
	}
	c, err := d.theirs(who, in.Conversation)
	if err != nil || c == nil {
		return nil, err
	}
	from := d.author(who.author())
	out := frame{Type: typeTyping, Conversation: c.ID, From: &from, On: &in.On}
	if who.isVisitor() {
		if in.On {
			out.Text = d.preview(c, in.Text)
		}
		d.toViewers(c, nil, out)
		return nil, nil
	}
	if c.Assignee == who.person.Load().ID {
		d.passing(thread(c.Contact), live.Now, out)
	}
	d.toViewers(c, f.From, out)
	return nil, nil
}

// preview is as much of a visitor's unsent words as staff may see.
func (d *desk) preview(c *conversations.Conversation, text string) string {
	ch, err := channels.ByID(d.app, c.Channel)
	if err != nil || !ch.TypingPreview() || utf8.RuneCountInString(text) > conversations.TextMost {
		return ""
	}
	return text
}

// theirs is the conversation that a frame is about: a visitor's own, or one
// that staff name and may see. nil where a visitor has none yet.
func (d *desk) theirs(who *caller, id string) (*conversations.Conversation, error) {
	if !who.isVisitor() {
		return conversations.SeenBy(d.app, who.person.Load(), id)
	}
	c, err := conversations.Latest(d.app, who.contact.id)
	if err != nil || id == "" || c != nil && c.ID == id {
		return c, err
	}
	if c, err = conversations.ByID(d.app, id); err != nil {
		return nil, err
	}
	if c.Contact != who.contact.id {
		return nil, fail.New(fail.NotFound, "fail.not_found")
	}
	return c, nil
}

func (d *desk) viewing(who *caller, f live.Frame) (*conversations.Message, error) {
	in, err := decode[struct {
		Conversation string `json:"conversation"`
	}](f.Text)
	if err != nil {
		return nil, err
	}
	if in.Conversation != "" {
		c, err := conversations.SeenBy(d.app, who.person.Load(), in.Conversation)
		if err == nil {
			err = conversations.Look(d.app, who.person.Load(), c)
		}
		if err != nil {
			return nil, err
		}
	}
	d.view(f.From, who, in.Conversation)
	return nil, nil
}

// view tells colleagues that who has left one thread and opened another.
func (d *desk) view(s *live.Session, who *caller, next string) {
	from := d.author(who.author())
	last := who.viewing()
	for id, on := range map[string]bool{last: false, next: true} {
		if id == "" || last == next {
			continue
		}
		if c, err := conversations.ByID(d.app, id); err == nil {
			d.toViewers(c, s, frame{Type: typeViewing, Conversation: id, From: &from, On: &on})
		}
	}
	who.looksAt.Store(&next)
}

// page notes where the visitor is.
func (d *desk) page(who *caller, f live.Frame) (*conversations.Message, error) {
	in, err := decode[page](f.Text)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	if now.Sub(who.paged) < often || !d.hint(f.From, who) {
		return nil, nil
	}
	who.paged = now
	if err := customers.SetPage(d.app, who.contact.id, customers.Page{URL: in.URL, Title: in.Title, Kind: in.Kind, Referrer: in.Referrer}); err != nil {
		return nil, err
	}
	d.tellOnline(who.contact.id)
	return nil, nil
}

// read notes how far a visitor, or the assignee, has read. What anybody else
// reads moves nothing.
func (d *desk) read(who *caller, f live.Frame) (*conversations.Message, error) {
	in, err := decode[struct {
		Conversation string `json:"conversation"`
		Cursor       string `json:"cursor"`
	}](f.Text)
	if err != nil {
		return nil, err
	}
	seq, err := conversations.Seq(d.app, in.Cursor)
	if err != nil {
		return nil, fail.New(fail.Invalid, "conversations.cursor_shape").On("cursor").Because(err)
	}
	c, err := d.theirs(who, in.Conversation)
	if err != nil || c == nil {
		return nil, err
	}
	if who.isVisitor() || reads(who.person.Load(), c) {
		conversations.Read(d.app, c.ID, who.author().Kind, seq)
	}
	return nil, nil
}

func reads(p *access.Person, c *conversations.Conversation) bool { return c.Assignee == p.ID }

func (d *desk) ping(_ *caller, f live.Frame) (*conversations.Message, error) {
	f.From.Send(frame{Type: typePong, Now: time.Now().UnixMilli()}.bytes())
	return nil, nil
}
