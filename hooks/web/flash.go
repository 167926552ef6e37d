package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/views/layout"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

const flashCookie = "xiaoer_flash"

// flashNote is what an act wants the next page to say, once. It travels in a
// cookie as the key of a message, so that whoever could set the cookie could
// still only choose among our own sentences.
type flashNote struct {
	Key  string         `json:"k"`
	Args map[string]any `json:"a,omitempty"`
	Undo string         `json:"u,omitempty"`
}

func flash(e *core.RequestEvent, n flashNote) {
	raw, err := json.Marshal(n)
	if err != nil {
		e.App.Logger().Error("what was done cannot be said", "error", err)
		return
	}
	e.SetCookie(&http.Cookie{ //nolint:gosec // Secure where there is TLS; the shop's own network may have none
		Name: flashCookie, Value: base64.RawURLEncoding.EncodeToString(raw), Path: "/", MaxAge: 60,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: Secure(e),
	})
}

// flashed takes what the page before wanted to say.
func flashed(e *core.RequestEvent) layout.Flash {
	value := cookie(e, flashCookie)
	if value == "" || WantsPart(e) {
		return layout.Flash{}
	}
	e.SetCookie(&http.Cookie{Name: flashCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: Secure(e)}) //nolint:gosec // as above
	var n flashNote
	raw, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil || json.Unmarshal(raw, &n) != nil || !strings.HasPrefix(n.Undo, "/") && n.Undo != "" {
		return layout.Flash{}
	}
	say := locale.In(Language(e))
	return layout.Flash{Text: say.Text(n.Key, n.Args), Undo: n.Undo}
}
