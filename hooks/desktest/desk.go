// Package desktest starts a whole desk for tests, like httptest starts a
// server. Only _test.go files import it, and they are external tests (package
// x_test): a desk knows every package, so an inside test would be a cycle.
package desktest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"

	"github.com/dianxiaoer/xiaoer/hooks"
	"github.com/dianxiaoer/xiaoer/hooks/desktest/bare"
)

// New returns a whole desk with an empty database: every feature is bound.
func New(tb testing.TB) *tests.TestApp {
	tb.Helper()
	app := Bare(tb)
	hooks.Register(app, &hooks.Config{})
	return app
}

// After returns another desk over what is on the disk of app at this moment, as
// the program finds it after it was killed: all that app had in memory is gone.
func After(tb testing.TB, app core.App) *tests.TestApp {
	tb.Helper()
	again := bare.After(tb, app)
	hooks.Register(again, &hooks.Config{})
	return again
}

// Bare returns an app with an empty, migrated database and none of our hooks,
// to bind some of them by hand.
func Bare(tb testing.TB) *tests.TestApp {
	tb.Helper()
	return bare.New(tb)
}

// Serve runs app's router on a port of its own, sockets included, until the
// test ends. What the clock does each minute or night is not done.
func Serve(tb testing.TB, app core.App) *httptest.Server {
	tb.Helper()
	router, err := apis.NewRouter(app)
	if err != nil {
		tb.Fatal(err)
	}
	server := httptest.NewUnstartedServer(nil)
	event := &core.ServeEvent{App: app, Router: router, Server: server.Config, Listener: server.Listener}
	err = app.OnServe().Trigger(event, func(e *core.ServeEvent) error {
		if server.Config.Handler, err = e.Router.BuildMux(); err != nil {
			return fmt.Errorf("build the routes: %w", err)
		}
		server.Listener = e.Listener // a hook may have wrapped it
		server.Start()
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	app.Cron().Stop() // what happens in a test must not hang on when it is run
	server.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	tb.Cleanup(server.Close)
	return server
}
