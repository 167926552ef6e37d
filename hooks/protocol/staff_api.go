package protocol

import (
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// conversationList is a page of conversations, oldest activity first.
type conversationList struct {
	Conversations []*staffConversation `json:"conversations"`
	Next          string               `json:"next,omitempty"` // "before" of the page before this one
	Cursor        string               `json:"cursor"`         // at which the list is true
}

func (d *desk) list(e *core.RequestEvent) error {
	query := e.Request.URL.Query()
	before, err := conversations.Before(d.app, query.Get("before"))
	if err != nil {
		return err
	}
	cursor, err := d.head()
	if err != nil {
		return err
	}
	list, err := conversations.InView(d.app, access.Of(e), query.Get("view"), before)
	if err != nil {
		return err
	}
	out := conversationList{Conversations: []*staffConversation{}, Cursor: cursor}
	for _, c := range list {
		out.Conversations = append(out.Conversations, d.forStaff(c))
	}
	if len(list) == conversations.PageSize {
		out.Next = d.mark(list[0].LastSeq)
	}
	return e.JSON(http.StatusOK, out)
}

func (d *desk) one(e *core.RequestEvent) error {
	cursor, err := d.head()
	if err != nil {
		return err
	}
	c, err := conversations.SeenBy(d.app, access.Of(e), e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, map[string]any{"conversation": d.forStaff(c), "cursor": cursor})
}

func (d *desk) timeline(e *core.RequestEvent) error {
	p := access.Of(e)
	c, err := conversations.SeenBy(d.app, p, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	return d.answerHistory(e, asStaff(p, web.Language(e)), func(before int64) ([]*conversations.Message, error) {
		return conversations.Timeline(d.app, c.ID, before)
	})
}

// thread is the timeline of all the contact's conversations: the one visible
// thread. It is read backwards by before and forwards by after, or begins around
// an entry, or around the first one since a moment.
func (d *desk) thread(e *core.RequestEvent) error {
	p, query := access.Of(e), e.Request.URL.Query()
	c, err := conversations.SeenBy(d.app, p, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	who := asStaff(p, web.Language(e))
	switch around, since := query.Get("around"), query.Get("since"); {
	case around != "":
		return d.answerStretch(e, who, func() (*conversations.Stretch, error) {
			return conversations.ThreadAround(d.app, p, c.Contact, around)
		})
	case since != "":
		moment, err := time.Parse(time.RFC3339, since)
		if err != nil {
			return fail.New(fail.Invalid, "fail.invalid").On("since").Because(err)
		}
		return d.answerStretch(e, who, func() (*conversations.Stretch, error) {
			return conversations.ThreadSince(d.app, p, c.Contact, moment)
		})
	case query.Get("after") != "":
		after, err := conversations.Before(d.app, query.Get("after"))
		if err != nil {
			return err
		}
		return d.answerHistory(e, who, func(int64) ([]*conversations.Message, error) {
			return conversations.ThreadAfter(d.app, p, c.Contact, after)
		})
	}
	return d.answerHistory(e, who, func(before int64) ([]*conversations.Message, error) {
		return conversations.Thread(d.app, p, c.Contact, before)
	})
}

// stretch is a part of a thread from its middle.
type stretch struct {
	history

	At    string `json:"at"` // id of the entry that was asked for
	Older bool   `json:"older"`
	Newer bool   `json:"newer"`
}

// answerStretch answers what load finds.
func (d *desk) answerStretch(e *core.RequestEvent, who *caller, load func() (*conversations.Stretch, error)) error {
	cursor, err := d.head()
	if err != nil {
		return err
	}
	s, err := load()
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, stretch{history{Messages: d.messages(s.Entries, who), Cursor: cursor}, s.At, s.Older, s.Newer})
}
