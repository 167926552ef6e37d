package console

import (
	"math"
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/limits"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// reveals is the one way on which phone numbers and addresses come to a screen in
// full: one at a time, for a reason, and not many in an hour.
type reveals struct{ most *limits.Window }

func newReveals(app core.App) *reveals {
	l := settings.LimitsOf(app)
	return &reveals{limits.NewWindow(l.Reveals, l.RevealWindow)}
}

type revealing struct {
	Field  string `json:"field"`
	Reason string `json:"reason"`
}

type revealed struct {
	Value string `json:"value"`
}

func (r *reveals) reveal(e *core.RequestEvent) error {
	in, err := web.Body[revealing](e)
	if err != nil {
		return err
	}
	c, err := knownTo(e)
	if err != nil {
		return err
	}
	l := settings.LimitsOf(e.App)
	r.most.Resize(l.Reveals, l.RevealWindow) // they may have changed
	if ok, wait := r.most.Allow(access.Of(e).ID); !ok {
		return fail.New(fail.Limit, "desk.reveal_limit", "Minutes", int(math.Ceil(wait.Minutes()))).In(wait)
	}
	value, err := customers.Reveal(e.App, c.Id, in.Field, in.Reason)
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, revealed{value})
}
