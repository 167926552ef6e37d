package console

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// knownTo finds the request's customer for who asks.
func knownTo(e *core.RequestEvent) (*customers.Customer, error) {
	return known(e, e.Request.PathValue("id"))
}

// known finds a customer for who asks.
func known(e *core.RequestEvent, id string) (*customers.Customer, error) {
	return conversations.CustomerSeenBy(e.App, access.Of(e), id)
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
