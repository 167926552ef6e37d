package console

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

type presenceSent struct {
	Status routing.Status `json:"status"`
	Reason string         `json:"reason"`
}

type presenceAnswer struct {
	Presence routing.Status `json:"presence"` // offline whatever was said, without a connection
}

// setPresence says for a colleague whether they are there: who has gone home and
// forgotten to say so, or is back from a break.
func setPresence(e *core.RequestEvent) error {
	in, err := web.Body[presenceSent](e)
	if err != nil {
		return err
	}
	id := e.Request.PathValue("id")
	if err = routing.SetPresenceOf(e.App, access.Of(e), id, in.Status, in.Reason); err != nil {
		return err
	}
	p, err := access.ByID(e.App, id)
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, presenceAnswer{routing.Presence(e.App, p)})
}
