package console

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

type prioritySent struct {
	Priority string `json:"priority"`
}

func prioritize(e *core.RequestEvent) error {
	in, err := web.Body[prioritySent](e)
	if err != nil {
		return err
	}
	if err := conversations.SetPriority(e.App, access.Of(e), e.Request.PathValue("id"), in.Priority); err != nil {
		return err
	}
	return e.NoContent(http.StatusNoContent)
}

type emotionSent struct {
	Emotion conversations.Emotion `json:"emotion"` // "" takes the mark away
}

func mark(e *core.RequestEvent) error {
	in, err := web.Body[emotionSent](e)
	if err != nil {
		return err
	}
	if err := conversations.Mark(e.App, access.Of(e), e.Request.PathValue("id"), in.Emotion); err != nil {
		return err
	}
	return e.NoContent(http.StatusNoContent)
}

type tagsSent struct {
	Tags []string `json:"tags"`
}

func setTags(e *core.RequestEvent) error {
	in, err := web.Body[tagsSent](e)
	if err != nil {
		return err
	}
	if err := conversations.SetTags(e.App, access.Of(e), e.Request.PathValue("id"), in.Tags); err != nil {
		return err
	}
	return e.NoContent(http.StatusNoContent)
}
