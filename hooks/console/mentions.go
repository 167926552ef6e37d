package console

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

// mentionView is a conversation in which the asker was named in a note.
type mentionView struct {
	Conversation string `json:"conversation"`
	Message      string `json:"message"`
	By           string `json:"by"`
}

func (v *deskView) fillMentions(e *core.RequestEvent, p *access.Person) error {
	list, err := conversations.Mentions(e.App, p)
	if err != nil {
		return err
	}
	for _, m := range list {
		v.Mentions = append(v.Mentions, mentionView{m.Conversation, m.Message, m.By})
	}
	return nil
}

// mentionable answers who may be named in a note of the conversation.
func mentionable(e *core.RequestEvent) error {
	c, err := conversations.SeenBy(e.App, access.Of(e), e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	list, err := conversations.Mentionable(e.App, c)
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, struct {
		Staff []string `json:"staff"`
	}{list})
}

// seeMention forgets that the asker was named: they have seen it.
func seeMention(e *core.RequestEvent) error {
	p := access.Of(e)
	c, err := conversations.SeenBy(e.App, p, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	if err := conversations.SeenMention(e.App, p, c.ID); err != nil {
		return err
	}
	return e.NoContent(http.StatusNoContent)
}
