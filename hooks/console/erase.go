package console

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

// receiptView is what was, or would be, erased of a customer.
type receiptView struct {
	Customer string         `json:"customer"`
	Rows     map[string]int `json:"rows"`
	Bytes    int64          `json:"bytes"`
	At       string         `json:"at"`
	Staff    named          `json:"staff"`
}

// erasing answers with what do erases, or would.
func erasing(do func(core.App, *access.Person, string) (*conversations.Receipt, error)) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		c, err := knownTo(e)
		if err != nil {
			return err
		}
		r, err := do(e.App, access.Of(e), c.Id)
		if err != nil {
			return err
		}
		p := access.Of(e)
		return e.JSON(http.StatusOK, receiptView{Customer: r.Customer, Rows: r.Rows, Bytes: r.Bytes, At: clock.Wire(r.At), Staff: named{ID: p.ID, Name: p.Nickname}})
	}
}
