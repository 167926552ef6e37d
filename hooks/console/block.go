package console

import (
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

type blockView struct {
	Reason string `json:"reason"`
	Staff  named  `json:"staff"`
	Since  string `json:"since,omitempty"`
	Until  string `json:"until,omitempty"` // left out where it does not end by itself
}

// viewBlock is what holds now; nil for what has ended.
func viewBlock(app core.App, b *customers.Block) *blockView {
	if !b.Holds(clock.Now(app)) {
		return nil
	}
	return &blockView{Reason: b.Reason, Staff: nameOf(app, b.Staff), Since: clock.Wire(b.Since), Until: clock.Wire(b.Until)}
}

type blocking struct {
	Reason string    `json:"reason"`
	Until  time.Time `json:"until"` // left out: it does not end by itself
}

func block(e *core.RequestEvent) error {
	in, err := web.Body[blocking](e)
	if err != nil {
		return err
	}
	c, err := knownTo(e)
	if err != nil {
		return err
	}
	if err := conversations.Block(e.App, access.Of(e), c.Id, customers.Block{Reason: in.Reason, Until: in.Until}); err != nil {
		return err
	}
	return e.NoContent(http.StatusNoContent)
}

func unblock(e *core.RequestEvent) error {
	c, err := knownTo(e)
	if err != nil {
		return err
	}
	if err := conversations.Unblock(e.App, access.Of(e), c.Id); err != nil {
		return err
	}
	return e.NoContent(http.StatusNoContent)
}
