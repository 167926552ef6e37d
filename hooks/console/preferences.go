package console

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// seeing leaves out what stays as it is.
type seeing struct {
	Lang  *string `json:"lang"`
	Theme *string `json:"theme"` // "" follows the system
}

// prefer keeps how somebody likes the program, with the person. What they are to
// see before they sign in, too, stays in the browser as well. The body is any part
// of it.
func prefer(e *core.RequestEvent) error {
	raw, err := web.Body[json.RawMessage](e)
	if err != nil {
		return err
	}
	var to seeing
	if err := json.Unmarshal(raw, &to); err != nil {
		return fail.New(fail.Invalid, "fail.invalid").Because(err)
	}
	if err := to.check(); err != nil {
		return err
	}
	if err := preferConsole(e.App, access.Of(e), raw); err != nil {
		return err
	}
	if err := preferSight(e, to); err != nil {
		return err
	}
	return e.NoContent(http.StatusNoContent)
}

// preferConsole reads and writes in one transaction: the volume and a view that
// are changed at once, in two tabs, both stay.
func preferConsole(app core.App, p *access.Person, raw []byte) error {
	return app.RunInTransaction(func(app core.App) error {
		before, err := chosenBy(app, p.ID)
		if err != nil {
			return err
		}
		after, err := before.with(raw)
		if err != nil || reflect.DeepEqual(before, after) {
			return err
		}
		return after.save(app, p.ID)
	})
}

func (s seeing) check() error {
	if s.Lang != nil && !slices.Contains(locale.Languages, *s.Lang) {
		return fail.New(fail.Invalid, "fail.invalid").On("lang")
	}
	if s.Theme != nil && !slices.Contains([]string{"", "light", "dark"}, *s.Theme) {
		return fail.New(fail.Invalid, "fail.invalid").On("theme")
	}
	return nil
}

func preferSight(e *core.RequestEvent, to seeing) error {
	p := access.Of(e)
	lang, theme := p.Language, p.Theme
	if to.Lang != nil {
		lang = *to.Lang
		remember(e, web.LanguageCookie, lang)
	}
	if to.Theme != nil {
		theme = *to.Theme
		remember(e, web.ThemeCookie, theme)
	}
	if lang == p.Language && theme == p.Theme {
		return nil
	}
	return access.Prefer(e.App, p.ID, lang, theme)
}

// remember sets a cookie that the console's script may set as well, and that
// proves nothing.
func remember(e *core.RequestEvent, name, value string) {
	e.SetCookie(&http.Cookie{ //nolint:gosec // scripts may read it: it is a taste, no secret
		Name: name, Value: value, Path: "/", MaxAge: int((365 * 24 * time.Hour).Seconds()),
		SameSite: http.SameSiteLaxMode, Secure: web.Secure(e),
	})
}
