// Package setup makes a shop out of an empty data folder: by a page in the
// browser, or by a command.
//
// The page's address holds a secret that is made anew at each start, is printed
// on the terminal and nowhere else, and opens only while the shop has no owner.
// Two who send it at once meet in one transaction: the second finds it closed.
package setup

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

const keySecret = "xiaoer.setup" // in the app's store

// Register binds the package to app.
func Register(app core.App, t *web.Table) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		t.Pages(e.Router,
			web.Route{Method: http.MethodGet, Path: "/setup/{secret}", Permission: web.Anyone, Handle: wizard},
			web.Route{Method: http.MethodPost, Path: "/setup/{secret}", Permission: web.Anyone, Handle: open},
		)
		return e.Next()
	})
}

// Invite returns the path of the set-up page with a new secret, or "" once the
// shop has an owner.
func Invite(app core.App) (string, error) {
	n, err := access.Owners(app)
	if err != nil || n > 0 {
		return "", err
	}
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	secret := base64.RawURLEncoding.EncodeToString(raw)
	app.Store().Set(keySecret, sha256.Sum256([]byte(secret)))
	return "/setup/" + secret, nil
}

// invited reports whether secret is the one that was printed last.
func invited(app core.App, secret string) bool {
	want, ok := app.Store().Get(keySecret).([sha256.Size]byte)
	got := sha256.Sum256([]byte(secret))
	return ok && subtle.ConstantTimeCompare(want[:], got[:]) == 1
}
