// Package ops is how the program runs: its configuration, its database
// connections, its log, its commands, whether it is ready, and what it says
// when it starts.
package ops

import (
	"net"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// Before everything else at the end: no longer ready, so that a balancer sends
// nobody here while the sockets drain.
const beforeDrain = -20000

// settled is how long after its start a desk is left to answer who came back
// first, before it cleans up after itself.
const settled = time.Second

// unsaid is how long somebody who has connected may take to say what they want.
// PocketBase waits a minute, and thousands who dawdle cost whoever sends them
// nothing.
const unsaid = 10 * time.Second

// Register binds the package to app. invite returns the path of the set-up
// page while the shop has no owner, and "" after.
func Register(app core.App, t *web.Table, c *Config, invite func(core.App) (string, error)) {
	state := &readiness{}
	bindMemory(app)
	app.OnModelCreate((&core.Log{}).TableName()).BindFunc(repeat)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.InstallerFunc = nil // the wizard makes the superuser
		if e.Server != nil {
			e.Server.ReadHeaderTimeout = unsaid
		}
		t.API(e.Router, web.Route{Method: "GET", Path: "/readyz", Permission: web.Anyone, Handle: state.answer})
		if err := listen(e); err != nil {
			return err
		}
		if err := e.Next(); err != nil {
			return err
		}
		invitation, err := invite(e.App)
		if err != nil {
			return err
		}
		greet(e, c, invitation)
		time.AfterFunc(settled, debug.FreeOSMemory) // a start leaves twice of what it keeps, and an idle desk collects no garbage
		return nil
	})
	app.OnTerminate().Bind(&hook.Handler[*core.TerminateEvent]{Id: "xiaoerNotReady", Priority: beforeDrain, Func: func(e *core.TerminateEvent) error {
		state.draining.Store(true)
		return e.Next()
	}})
}

// listen opens the port here rather than in PocketBase, to know which one it
// is when port 0 asks for any.
func listen(e *core.ServeEvent) error {
	if e.Server == nil || e.Server.Addr == "" || e.Listener != nil {
		return nil
	}
	l, err := (&net.ListenConfig{}).Listen(e.Server.BaseContext(nil), "tcp", e.Server.Addr)
	if err != nil {
		return err
	}
	e.Listener = l
	return nil
}

// unreleased is what Go calls the version of a build from a working tree.
const unreleased = "(devel)"

// Version is the program's version, as the build knows it.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 && !strings.Contains(version, s.Value[:12]) {
			version += " " + s.Value[:12]
		}
	}
	return version
}

// commandLanguage is that of the terminal.
func commandLanguage() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := os.Getenv(name); value != "" {
			tag, _, _ := strings.Cut(value, ".")
			return locale.Match(strings.ReplaceAll(tag, "_", "-"))
		}
	}
	return locale.Default
}
