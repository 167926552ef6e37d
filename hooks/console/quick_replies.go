package console

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/quickreplies"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

type quickReplyView struct {
	ID       string             `json:"id"`
	Code     string             `json:"code"`
	Title    string             `json:"title"`
	Text     string             `json:"text"`
	Category string             `json:"category"`
	Scope    quickreplies.Scope `json:"scope"`
	Group    string             `json:"group,omitempty"`
	File     string             `json:"file,omitempty"`
	Uses     int                `json:"uses"`
}

func viewQuickReply(q *quickreplies.QuickReply) quickReplyView {
	return quickReplyView{
		ID: q.Id, Code: q.Code(), Title: q.Title(), Text: q.Text(), Category: q.Category(),
		Scope: q.Scope(), Group: q.Group(), File: q.File(), Uses: q.Uses(),
	}
}

type quickReplyAnswer struct {
	QuickReply quickReplyView `json:"quick_reply"`
}

// quickReplySent may name a message whose picture is to go with the reply.
type quickReplySent struct {
	quickreplies.Draft
	Message string `json:"message"`
}

func addQuickReply(e *core.RequestEvent) error {
	in, err := web.Body[quickReplySent](e)
	if err != nil {
		return err
	}
	p := access.Of(e)
	if in.Message != "" {
		var file string
		if file, err = quickreplies.Picture(e.App, p, in.Message); err != nil {
			return err
		}
		in.File = &file
	}
	q, err := quickreplies.Add(e.App, p, in.Draft)
	if err != nil {
		return err
	}
	return e.JSON(http.StatusCreated, quickReplyAnswer{viewQuickReply(q)})
}

func editQuickReply(e *core.RequestEvent) error {
	d, err := web.Body[quickreplies.Draft](e)
	if err != nil {
		return err
	}
	q, err := quickreplies.Edit(e.App, access.Of(e), e.Request.PathValue("id"), d)
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, quickReplyAnswer{viewQuickReply(q)})
}

func deleteQuickReply(e *core.RequestEvent) error {
	if err := quickreplies.Delete(e.App, access.Of(e), e.Request.PathValue("id")); err != nil {
		return err
	}
	return e.NoContent(http.StatusNoContent)
}

func useQuickReply(e *core.RequestEvent) error {
	if err := quickreplies.Used(e.App, access.Of(e), e.Request.PathValue("id")); err != nil {
		return err
	}
	return e.NoContent(http.StatusNoContent)
}
