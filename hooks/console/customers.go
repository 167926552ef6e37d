package console

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// knownTo finds the request's customer for who asks.
func knownTo(e *core.RequestEvent) (*customers.Customer, error) {
	return known(e, e.Request.PathValue("id"))
}

// known finds a customer for who asks: of one who was merged, whom they turned out
// to be. One whom they may not see is not there: that takes a conversation that
// they may see, or the permission.
func known(e *core.RequestEvent, id string) (*customers.Customer, error) {
	c, err := customers.Now(e.App, id)
	if err != nil {
		return nil, err
	}
	p := access.Of(e)
	if p.May(access.CustomersSee) {
		return c, nil
	}
	seen, err := conversations.OfCustomerSeenBy(e.App, p, c.Id, "", 1)
	if err == nil && len(seen) == 0 {
		err = fail.New(fail.NotFound, "fail.not_found")
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

func showCustomer(e *core.RequestEvent) error {
	c, err := knownTo(e)
	if err != nil {
		return err
	}
	view, err := viewProfile(e, c)
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, view)
}

type customerAnswer struct {
	Customer customerView `json:"customer"`
}

func editCustomer(e *core.RequestEvent) error {
	to, err := web.Body[customers.Change](e)
	if err != nil {
		return err
	}
	c, err := knownTo(e)
	if err != nil {
		return err
	}
	changed, err := customers.Edit(e.App, c.Id, to)
	if err != nil {
		return err
	}
	view, err := viewCustomer(e.App, changed)
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, customerAnswer{view})
}
