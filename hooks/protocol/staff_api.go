package protocol

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
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
// thread.
func (d *desk) thread(e *core.RequestEvent) error {
	p := access.Of(e)
	c, err := conversations.SeenBy(d.app, p, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	return d.answerHistory(e, asStaff(p, web.Language(e)), func(before int64) ([]*conversations.Message, error) {
		return conversations.Thread(d.app, p, c.Contact, before)
	})
}
