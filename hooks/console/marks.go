package console

import (
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// marks does what the body says to the conversation of the path, and has nothing
// more to tell.
func marks[Sent any](as func(app core.App, p *access.Person, conversation string, in Sent) error) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		in, err := web.Body[Sent](e)
		if err != nil {
			return err
		}
		if err := as(e.App, access.Of(e), e.Request.PathValue("id"), in); err != nil {
			return err
		}
		return e.NoContent(http.StatusNoContent)
	}
}

type prioritySent struct {
	Priority string `json:"priority"`
}

func prioritize(app core.App, p *access.Person, conversation string, in prioritySent) error {
	return conversations.SetPriority(app, p, conversation, in.Priority)
}

type emotionSent struct {
	Emotion conversations.Emotion `json:"emotion"` // "" takes the mark away
}

func feel(app core.App, p *access.Person, conversation string, in emotionSent) error {
	return conversations.Mark(app, p, conversation, in.Emotion)
}

type tagsSent struct {
	Tags []string `json:"tags"`
}

func setTags(app core.App, p *access.Person, conversation string, in tagsSent) error {
	return conversations.SetTags(app, p, conversation, in.Tags)
}

type unreadSent struct {
	Unread bool `json:"unread"`
}

func setUnread(app core.App, p *access.Person, conversation string, in unreadSent) error {
	return conversations.SetUnread(app, p, conversation, in.Unread)
}

type laterSent struct {
	Until time.Time `json:"until"` // left out: until the customer writes
}

func putOff(app core.App, p *access.Person, conversation string, in laterSent) error {
	return conversations.PutOff(app, p, conversation, in.Until)
}

func bringBack(e *core.RequestEvent) error {
	if err := conversations.Wake(e.App, access.Of(e), e.Request.PathValue("id")); err != nil {
		return err
	}
	return e.NoContent(http.StatusNoContent)
}
