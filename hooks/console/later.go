package console

import (
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

type laterSent struct {
	Until time.Time `json:"until"` // left out: until the customer writes
}

func putOff(e *core.RequestEvent) error {
	in, err := web.Body[laterSent](e)
	if err != nil {
		return err
	}
	if err := conversations.PutOff(e.App, access.Of(e), e.Request.PathValue("id"), in.Until); err != nil {
		return err
	}
	return e.NoContent(http.StatusNoContent)
}

func bringBack(e *core.RequestEvent) error {
	if err := conversations.Wake(e.App, access.Of(e), e.Request.PathValue("id")); err != nil {
		return err
	}
	return e.NoContent(http.StatusNoContent)
}

type unreadSent struct {
	Unread bool `json:"unread"`
}

func setUnread(e *core.RequestEvent) error {
	in, err := web.Body[unreadSent](e)
	if err != nil {
		return err
	}
	if err := conversations.SetUnread(e.App, access.Of(e), e.Request.PathValue("id"), in.Unread); err != nil {
		return err
	}
	return e.NoContent(http.StatusNoContent)
}
