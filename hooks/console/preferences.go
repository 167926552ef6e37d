package console

import (
	"net/http"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// preferences leaves out what stays as it is.
type preferences struct {
	Lang  *string `json:"lang"`
	Theme *string `json:"theme"` // "" follows the system
}

// prefer keeps how somebody likes to see the program, with the person and in
// the browser, which shows it so before they sign in.
func prefer(e *core.RequestEvent) error {
	to, err := web.Body[preferences](e)
	if err != nil {
		return err
	}
	p := access.Of(e)
	lang, theme := p.Language, p.Theme
	if to.Lang != nil {
		if lang = *to.Lang; !slices.Contains(locale.Languages, lang) {
			return fail.New(fail.Invalid, "fail.invalid").On("lang")
		}
		remember(e, web.LanguageCookie, lang)
	}
	if to.Theme != nil {
		if theme = *to.Theme; !slices.Contains([]string{"", "light", "dark"}, theme) {
			return fail.New(fail.Invalid, "fail.invalid").On("theme")
		}
		remember(e, web.ThemeCookie, theme)
	}
	if err := access.Prefer(e.App, p.ID, lang, theme); err != nil {
		return err
	}
	return e.NoContent(http.StatusNoContent)
}

// remember sets a cookie that the console's script may set as well, and that
// proves nothing.
func remember(e *core.RequestEvent, name, value string) {
	e.SetCookie(&http.Cookie{ //nolint:gosec // scripts may read it: it is a taste, no secret
		Name: name, Value: value, Path: "/", MaxAge: int((365 * 24 * time.Hour).Seconds()),
		SameSite: http.SameSiteLaxMode, Secure: web.Secure(e),
	})
}
