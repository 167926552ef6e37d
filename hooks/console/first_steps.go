package console

import (
	"database/sql"
	"errors"
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// steps is the row of settings that says whether the owner still needs them.
type steps struct {
	Dismissed bool `json:"dismissed"`
}

const (
	stepsKey = "first_steps"
	chatPath = "/chat" // the default channel's
)

type stepsView struct {
	ChatURL  string `json:"chat_url"`
	QRURL    string `json:"qr_url"`
	Snippet  string `json:"snippet"`
	StaffURL string `json:"staff_url"` // takes a new colleague by POST
	Done     bool   `json:"done"`      // the owner has put the card away; the addresses stay of use
}

// fillSteps adds what an owner does next, and whether they have said that it is
// done.
func (v *deskView) fillSteps(e *core.RequestEvent, p *access.Person) error {
	if p.Role != access.Owner {
		return nil
	}
	channel, err := channels.Default(e.App)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // there is nothing to try yet
	} else if err != nil {
		return err
	}
	base := web.BaseURL(e)
	v.FirstSteps = &stepsView{
		ChatURL: base + chatPath, QRURL: "/api/xiaoer/desk/qr.svg", StaffURL: "/api/xiaoer/staff",
		Snippet: channels.Snippet(base, channel), Done: settings.Load(e.App, stepsKey, steps{}).Dismissed,
	}
	return nil
}

func dismissSteps(e *core.RequestEvent) error {
	if err := settings.Save(e.App, stepsKey, steps{Dismissed: true}); err != nil {
		return err
	}
	return e.NoContent(http.StatusNoContent)
}

// chatQR draws the address of the H5 page, for a phone to try it.
func chatQR(e *core.RequestEvent) error {
	picture, err := web.QR(web.BaseURL(e) + chatPath)
	if err != nil {
		return err
	}
	return e.Blob(http.StatusOK, "image/svg+xml", picture)
}
