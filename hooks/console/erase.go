package console

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// receiptView is what was, or would be, erased of a customer.
type receiptView struct {
	Customer string         `json:"customer"`
	Rows     map[string]int `json:"rows"`
	Bytes    int64          `json:"bytes"`
	At       string         `json:"at"`
	Staff    named          `json:"staff"`
	Open     []string       `json:"open"` // conversations that have to be closed before
}

// erasure is how to erase.
type erasure struct {
	End bool `json:"end"` // what is not closed is closed first
}

// erasable answers with what would be erased.
func erasable(e *core.RequestEvent) error {
	c, err := knownTo(e)
	if err != nil {
		return err
	}
	return receipt(e)(conversations.Erasable(e.App, access.Of(e), c.Id))
}

func erase(e *core.RequestEvent) error {
	in, err := web.Body[erasure](e)
	if err != nil {
		return err
	}
	c, err := knownTo(e)
	if err != nil {
		return err
	}
	for tries := 3; ; tries-- { // they may begin to speak again between the two
		if in.End {
			if err = conversations.EndAll(e.App, access.Of(e), c.Id); err != nil {
				return err
			}
		}
		r, err := conversations.Erase(e.App, access.Of(e), c.Id)
		if err == nil || !in.End || tries == 1 || fail.Of(err).Kind != fail.Conflict {
			return receipt(e)(r, err)
		}
	}
}

func receipt(e *core.RequestEvent) func(*conversations.Receipt, error) error {
	return func(r *conversations.Receipt, err error) error {
		if err != nil {
			return err
		}
		p := access.Of(e)
		return e.JSON(http.StatusOK, receiptView{
			Customer: r.Customer, Rows: r.Rows, Bytes: r.Bytes, At: clock.Wire(r.At), Staff: named{ID: p.ID, Name: p.Nickname}, Open: append([]string{}, r.Open...),
		})
	}
}
