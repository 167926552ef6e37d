package protocol

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// noticeLeft tells a visitor what happens now that they have left a message.
const noticeLeft = "left"

// leave is POST /api/xiaoer/visitor/left.
func (d *desk) leave(e *core.RequestEvent) error {
	in, err := web.Body[struct {
		ID    string `json:"id"`
		Text  string `json:"text"`
		Phone string `json:"phone"`
		Email string `json:"email"`
	}](e)
	if err != nil {
		return err
	}
	who := visitor(e)
	if !d.free(e) {
		if err = within(d.inForce().sends, who.contact.id, 1); err != nil {
			return err
		}
	}
	m, err := conversations.LeaveMessage(d.app, who.contact, conversations.MessageLeft{ID: in.ID, Text: in.Text, Phone: in.Phone, Email: in.Email})
	if err != nil {
		return err
	}
	c, err := conversations.ByID(d.app, m.Conversation)
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, map[string]any{"message": d.message(m, who), "text": d.leftNotice(c, who.lang).Text})
}

func forVisitor(c *conversations.Conversation, code, text string) frame {
	return frame{Type: typeNotice, Level: "info", Code: code, Conversation: c.ID, Text: text}
}

func (d *desk) leftNotice(c *conversations.Conversation, lang string) frame {
	key, next := "protocol.left_open", d.back(c, lang)
	if next != "" {
		key = "protocol.left_closed"
	}
	return forVisitor(c, noticeLeft, locale.In(lang).T(key, "Time", next))
}

// back is when somebody answers c again, as one says it; "" where somebody does
// now, and where nobody knows.
func (d *desk) back(c *conversations.Conversation, lang string) string {
	week, now := conversations.HoursOf(d.app, c.Group, c.Channel), clock.Now(d.app)
	next := week.NextOpen(now)
	if next.IsZero() || !next.After(now) {
		return ""
	}
	zone := hours.Zone(week.Zone)
	return locale.In(lang).DayAt(now.In(zone), next.In(zone))
}
