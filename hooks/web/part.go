package web

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/views/locale"
)

// WantsPart reports whether htmx asks for a part of the page, to be put in the
// place of the old one, and not for all of it.
func WantsPart(e *core.RequestEvent) bool {
	h := e.Request.Header
	return h.Get("HX-Request") == "true" && h.Get("HX-Request-Type") == "partial" && h.Get("HX-History-Restore-Request") == ""
}

// Show answers with a page, or with part alone where only that is asked for.
func Show(e *core.RequestEvent, whole, part templ.Component) error {
	return ShowStatus(e, http.StatusOK, whole, part)
}

// ShowStatus is [Show] with another status: 422 for a form that comes back.
func ShowStatus(e *core.RequestEvent, status int, whole, part templ.Component) error {
	e.Response.Header().Add("Vary", "HX-Request")
	if WantsPart(e) {
		return RenderStatus(e, status, part)
	}
	return RenderStatus(e, status, whole)
}

// Done answers an act that succeeded: on to another page, which says once what
// was done. key and args are a message's; do not put anything secret there.
func Done(e *core.RequestEvent, path, key string, args ...any) error {
	return DoneUndo(e, path, "", key, args...)
}

// DoneUndo is [Done] with the way back: a POST to undo takes the act back.
func DoneUndo(e *core.RequestEvent, path, undo, key string, args ...any) error {
	flash(e, flashNote{Key: key, Args: locale.Named(args...), Undo: undo})
	return goTo(e, path)
}

// goTo leads the browser to a page of ours, also when a script has asked.
func goTo(e *core.RequestEvent, path string) error {
	if e.Request.Header.Get("HX-Request") == "true" {
		e.Response.Header().Set("HX-Redirect", path)
		return e.NoContent(http.StatusOK)
	}
	return e.Redirect(http.StatusSeeOther, path)
}

// askedFrom is the page on which a script's request was made, for the way back
// to it after a sign-in.
func askedFrom(e *core.RequestEvent) string {
	if u, err := url.Parse(e.Request.Header.Get("HX-Current-URL")); err == nil && u.Path != "" {
		return u.RequestURI()
	}
	return "/"
}
