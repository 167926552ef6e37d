package web

import (
	"net/http"
	"slices"
	"sync"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"
)

// Permission names what a caller must be or be allowed to do.
type Permission string

// Who may call a route that asks for no permission of the staff's.
const (
	Anyone   Permission = "anyone"
	Visitor  Permission = "visitor"   // a visitor with their token
	SignedIn Permission = "signed_in" // any member of staff
)

// Route is one row of the route table.
type Route struct {
	Method, Path string
	Permission   Permission
	Handle       func(*core.RequestEvent) error

	// Most is how large a body may be, in bytes; 0 for what is usual (1 MB, of a
	// form with files 12 MB).
	Most int64
}

// Unbounded is for the body of a route whose handler reads it by [Stream] and
// bounds it by itself.
const Unbounded int64 = -1

// Command is a command of the live protocol and the permission that it asks for.
type Command struct {
	Name       string
	Permission Permission
}

// Table knows every route and live command of an app with the permission that
// each asks for. A route that is not added through it is PocketBase's own.
type Table struct {
	mu       sync.Mutex
	routes   []Route
	commands []Command
	areas    []Area
	panels   []Panel
	guards   map[Permission]func(*core.RequestEvent) error

	protection http.CrossOriginProtection
}

// Guard says who answers for a permission: g returns an error where the caller
// may not. The guard of "" answers for every permission that has none of its own.
func (t *Table) Guard(p Permission, g func(*core.RequestEvent) error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.guards == nil {
		t.guards = map[Permission]func(*core.RequestEvent) error{}
	}
	t.guards[p] = g
}

// Pages adds routes for a browser: signed in by cookie, answered in HTML.
func (t *Table) Pages(r *router.Router[*core.RequestEvent], routes ...Route) {
	t.add(r, page, routes)
}

// API adds routes for staff's programs and our own scripts: signed in by Bearer
// token or by cookie, answered in JSON.
func (t *Table) API(r *router.Router[*core.RequestEvent], routes ...Route) {
	t.add(r, api, routes)
}

// Open adds routes for visitors: any origin may call them, nobody's cookie is
// read.
func (t *Table) Open(r *router.Router[*core.RequestEvent], routes ...Route) {
	t.add(r, open, routes)
	asked := map[string][]string{}
	for _, route := range routes {
		asked[route.Path] = append(asked[route.Path], route.Method)
	}
	for path, methods := range asked {
		t.group(r, open).Route(http.MethodOptions, path, preflight(methods))
	}
}

// Command adds a live command to the list.
func (t *Table) Command(name string, p Permission) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c := (Command{name, p}); !slices.Contains(t.commands, c) {
		t.commands = append(t.commands, c)
	}
}

// All returns every route that was added, in that order.
func (t *Table) All() []Route {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.routes)
}

// Commands returns every live command that was added.
func (t *Table) Commands() []Command {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.commands)
}

// kind is who a route speaks to.
type kind int

const (
	page kind = iota
	api
	open
)

func (t *Table) add(r *router.Router[*core.RequestEvent], k kind, routes []Route) {
	g := t.group(r, k)
	for _, route := range routes {
		t.remember(route)
		g.Route(route.Method, route.Path, func(e *core.RequestEvent) error {
			e.Set(keyPermission, route.Permission)
			if err := t.admit(e, route.Permission); err != nil {
				return err
			}
			if err := limitBody(e, route.Most); err != nil {
				return err
			}
			if k == page && route.Most != Unbounded {
				if err := readForm(e); err != nil {
					return err
				}
			}
			return route.Handle(e)
		})
	}
}

// group is where PocketBase's own middlewares are off that ours replace: the
// token lookup too, since a staff token counts only with its sign-in.
func (t *Table) group(r *router.Router[*core.RequestEvent], k kind) *router.RouterGroup[*core.RequestEvent] {
	g := r.Group("")
	g.Unbind(apis.DefaultCorsMiddlewareId, apis.DefaultActivityLoggerMiddlewareId, apis.DefaultLoadAuthTokenMiddlewareId,
		apis.DefaultSecurityHeadersMiddlewareId, apis.DefaultBodyLimitMiddlewareId)
	return g.BindFunc(func(e *core.RequestEvent) error {
		e.Set(keyKind, k)
		return e.Next()
	}, answer, headers, t.crossOrigin)
}

func (t *Table) remember(route Route) {
	t.mu.Lock()
	defer t.mu.Unlock()
	same := func(r Route) bool { return r.Method == route.Method && r.Path == route.Path }
	if i := slices.IndexFunc(t.routes, same); i >= 0 { // a test may serve one app twice
		t.routes[i] = route
		return
	}
	t.routes = append(t.routes, route)
}

func (t *Table) admit(e *core.RequestEvent, p Permission) error {
	t.mu.Lock()
	guard, own := t.guards[p]
	if !own && p != Anyone {
		guard = t.guards[""]
	}
	t.mu.Unlock()
	switch {
	case guard != nil:
		return guard(e)
	case p == Anyone:
		return nil
	default:
		return errNobodyAnswers
	}
}
