package protocol

import (
	"log/slog"
	"math"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/live"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// What visitors are told while they wait. It passes: whoever connects is told
// afresh.
const (
	noticeWait  = "wait"
	noticeLeave = "leave_message"
)

// tellPlaces tells those who wait their place, and how long it will take.
func (d *desk) tellPlaces(e *routing.PlacesEvent) error {
	for _, p := range e.Places {
		if d.hub.Count(thread(p.Conversation.Contact)) == 0 {
			continue // when one of them has moved, all have
		}
		state := frame{Type: typeConversation, Conversation: d.forVisitorAt(p.Conversation, p.Place)}.bytes()
		d.hub.Each(thread(p.Conversation.Contact), func(s *live.Session) {
			s.State(live.Now, func() []byte { return state })
			s.Passing(live.Now, d.waitNotice(p, peerOf(s).lang).bytes())
		})
	}
	return e.Next()
}

// tellOffer offers to leave a message.
func (d *desk) tellOffer(e *routing.OfferEvent) error {
	d.hub.Each(thread(e.Conversation.Contact), func(s *live.Session) {
		s.Passing(live.Now, d.leaveNotice(e.Conversation, peerOf(s).lang).bytes())
	})
	return e.Next()
}

// tellHow tells a visitor who has just connected how things stand with what they
// wait for: what those who stayed have been told meanwhile.
func (d *desk) tellHow(s *live.Session, who *caller) {
	c, err := conversations.Latest(d.app, who.contact.id)
	if err != nil || c == nil || c.Status != conversations.Waiting {
		if err != nil {
			slog.Error("what a visitor waits for", "error", err)
		}
		return
	}
	if !c.Left.IsZero() {
		s.Passing(live.Now, d.leftNotice(c, who.lang).bytes())
		return
	}
	p, err := routing.PlaceOf(d.app, c)
	if err != nil {
		slog.Error("place in the queue", "error", err)
	}
	if p.Place > 0 {
		s.Passing(live.Now, d.waitNotice(p, who.lang).bytes())
	}
	if routing.Offers(d.app, c) {
		s.Passing(live.Now, d.leaveNotice(c, who.lang).bytes())
	}
}

// waitNotice says how many are before and, where it is known, how long it will
// take: never more exactly than anybody knows.
func (d *desk) waitNotice(p routing.Place, lang string) frame {
	t := locale.In(lang)
	text := t.T("protocol.wait_next")
	if p.Place > 1 {
		text = t.T("protocol.wait_place", "Count", p.Place-1)
	}
	if p.Wait > 0 && routing.SettingsOf(d.app).ShowWait {
		text = t.T("protocol.wait_about", "Place", text, "Time", about(p.Wait, t))
	}
	return forVisitor(p.Conversation, noticeWait, text)
}

// about is a length of time as one estimates it: the longer, the rounder.
func about(d time.Duration, t locale.Speaker) string {
	minutes := int(math.Ceil(d.Minutes()))
	switch {
	case minutes <= 1:
		return t.T("protocol.about_minute")
	case minutes <= 10:
		return t.T("protocol.about_minutes", "Count", minutes)
	case minutes <= 55:
		return t.T("protocol.about_minutes", "Count", (minutes+4)/5*5)
	}
	return t.T("protocol.about_hours", "Count", (minutes+59)/60)
}

func (d *desk) leaveNotice(c *conversations.Conversation, lang string) frame {
	key, next := "protocol.leave_busy", d.back(c, lang)
	switch {
	case next != "":
		key = "protocol.leave_closed"
	case c.Night:
		key = "protocol.leave_away"
	}
	return forVisitor(c, noticeLeave, locale.In(lang).T(key, "Time", next))
}
