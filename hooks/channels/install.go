package channels

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/channels"
)

// Snippet puts c on a page of the shop's. The colour is said there as well,
// because the button is drawn before anything is loaded.
func Snippet(base string, c *Channel) string {
	attributes := ""
	if !c.IsDefault() {
		attributes += fmt.Sprintf(` data-channel="%s"`, c.Id)
	}
	if c.Colour() != "" {
		attributes += fmt.Sprintf(` data-colour="%s"`, c.Colour())
	}
	return fmt.Sprintf(`<script async src="%s/widget.js"%s></script>`, base, attributes)
}

// Address is where c's chat is a page of its own.
func Address(base string, c *Channel) string {
	if c.IsDefault() {
		return base + "/chat"
	}
	return base + "/chat?channel=" + url.QueryEscape(c.Id)
}

func installPage(e *core.RequestEvent) error {
	c, err := ByID(e.App, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	base := web.BaseURL(e)
	return web.Render(e, channels.InstallPage(channels.Install{
		Admin: web.Admin(e, area, c.Name(), "js/admin/snippet.js"), ID: c.Id, Title: c.Name(), Default: c.IsDefault(),
		Snippet: Snippet(base, c), Address: Address(base, c), Origins: c.Origins(),
	}))
}

func drawing(e *core.RequestEvent) error { return draw(e, web.QR, "image/svg+xml", "svg") }

func picture(e *core.RequestEvent) error { return draw(e, web.QRPicture, "image/png", "png") }

func draw(e *core.RequestEvent, how func(string) ([]byte, error), mime, ext string) error {
	c, err := ByID(e.App, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	raw, err := how(Address(web.BaseURL(e), c))
	if err != nil {
		return err
	}
	if e.Request.URL.Query().Has("download") {
		e.Response.Header().Set("Content-Disposition", `attachment; filename="chat-`+c.Id+"."+ext+`"`)
	}
	return e.Blob(http.StatusOK, mime, raw)
}

func identityPage(e *core.RequestEvent) error {
	c, err := ByID(e.App, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	m := identityOf(e, c)
	return web.Show(e, channels.IdentityPage(m), channels.Secrets(m))
}

// identityOf shows by what identities are signed; never the secrets themselves.
func identityOf(e *core.RequestEvent, c *Channel) channels.Identity {
	m := channels.Identity{Admin: web.Admin(e, area, c.Name()), ID: c.Id, Title: c.Name(), Default: c.IsDefault(), Overlaps: overlaps}
	zone := hours.Zone(settings.ShopOf(e.App).Zone)
	for _, s := range c.Signing(time.Now()) {
		row := channels.Secret{ID: s.ID(), Tail: s.Tail()}
		if s.Ends != 0 {
			row.Ends = time.Unix(s.Ends, 0).In(zone).Format("2006-01-02 15:04")
		}
		m.Secrets = append(m.Secrets, row)
	}
	return m
}
