package ops

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/cmd"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/dianxiaoer/xiaoer/hooks/backup"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Exit codes. What was asked for wrongly can be asked again rightly; what
// failed may be tried again as it is.
const (
	exitFailed = 1
	exitUsage  = 2
)

// App returns the PocketBase app of a program with this configuration.
func App(c *Config) *pocketbase.PocketBase {
	c.StartLogging(os.Stderr)
	ownerOnly()
	app := pocketbase.NewWithConfig(pocketbase.Config{DefaultDataDir: c.Dir, DBConnect: Connect, HideStartBanner: true})
	app.RootCmd.Use = "xiaoer"
	app.RootCmd.Short = "小二 · the customer-service desk of a small shop"
	app.RootCmd.Version = Version()
	app.RootCmd.SetErr(os.Stderr) // PocketBase's colouring one writes to standard output where there is no terminal
	return app
}

// Run runs the command that the arguments name and returns the program's exit
// code. It takes the place of PocketBase's Start, which loses a command's error.
func Run(app *pocketbase.PocketBase, c *Config, commands ...*cobra.Command) int {
	root := app.RootCmd
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetHelpCommand(nil)                     // PocketBase takes it away; cobra puts its own back
	root.FParseErrWhitelist.UnknownFlags = false // a misspelt flag is said, not ignored
	root.AddCommand(serveCommand(app, c))
	root.AddCommand(commands...)
	understood := false
	release := func() {}
	root.PersistentPreRunE = func(command *cobra.Command, _ []string) (err error) {
		understood = true
		if needs(command) && !app.IsBootstrapped() {
			release, err = enter(app, command)
		}
		return err
	}
	err := execute(app, root)
	release()
	if err == nil && wantsRestart(app) {
		err = again()
	}
	if err == nil {
		return 0
	}
	tell(root.ErrOrStderr(), err)
	if !understood || fail.Of(err).Kind == fail.Invalid {
		return exitUsage
	}
	return exitFailed
}

// Bare marks a command that needs no data folder.
const Bare = "bare"

// WithoutData marks a command, and those below it, that know nothing of how the
// program opens its data.
func WithoutData(c *cobra.Command) *cobra.Command {
	for _, one := range append(c.Commands(), c) {
		one.Annotations = map[string]string{Bare: ""}
	}
	return c
}

// needs reports whether a command needs the data.
func needs(command *cobra.Command) bool {
	_, bare := command.Annotations[Bare]
	_, alone := command.Annotations[backup.Alone]
	without := command.Flag(command.Annotations[backup.Unless])
	return !bare && !alone && (without == nil || !without.Changed)
}

// enter opens the data and brings it up to date before a command runs. serve does the
// latter itself. Nobody exchanges the data until release is called.
func enter(app *pocketbase.PocketBase, command *cobra.Command) (release func(), err error) {
	dir := app.DataDir()
	if _, begins := command.Annotations[backup.Begins]; !begins && !backup.There(dir) {
		if full, wrong := filepath.Abs(dir); wrong == nil {
			dir = full
		}
		return func() {}, fail.New(fail.NotFound, "ops.no_shop", "Dir", dir)
	}
	if release, err = backup.Enter(dir); err != nil {
		return func() {}, err
	}
	return release, prepare(app, command)
}

func prepare(app *pocketbase.PocketBase, command *cobra.Command) error {
	if err := open(app); err != nil {
		return fmt.Errorf("open %s: %w", app.DataDir(), err)
	}
	pending, err := backup.BeforeUpdate(app, Version())
	if err != nil {
		return fmt.Errorf("back up before the update: %w", err)
	}
	if !pending || command.Name() == "serve" {
		return nil
	}
	return app.RunAllMigrations()
}

// openWithin is how long it is tried to open the data.
const openWithin = 15 * time.Second

// open opens the data. PocketBase takes the lock to write to do that, and one try has
// two seconds to get it: not always enough beside a desk that is busy.
func open(app core.App) error {
	for end := time.Now().Add(openWithin); ; {
		err := app.Bootstrap()
		locked, ok := errors.AsType[*sqlite.Error](err)
		if !ok || locked.Code()&0xff != sqlite3.SQLITE_BUSY || time.Now().After(end) {
			return err
		}
	}
}

// execute runs the command until it is done or the program is told to stop.
func execute(app *pocketbase.PocketBase, root *cobra.Command) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return Until(ctx, app, func() error { return root.ExecuteContext(ctx) })
}

// farewell is how long a command may take to end by itself once it was told to.
const farewell = 10 * time.Second

// Until does work until it is done or ctx is, and then brings app to its end:
// what it serves is drained, its databases are closed. Work that was broken off has a
// moment for what it has to bring to an end itself, and its error counts. A server
// ends with none.
func Until(ctx context.Context, app core.App, work func() error) error {
	done := make(chan error, 1)
	go func() {
		err := guarded(work)
		if errors.Is(err, http.ErrServerClosed) {
			err = nil
		}
		done <- err
	}()
	select {
	case err := <-done:
		return errors.Join(err, terminate(app))
	case <-ctx.Done():
	}
	end := terminate(app)
	select {
	case err := <-done:
		return errors.Join(err, end)
	case <-time.After(farewell):
		return end
	}
}

// terminate brings to its end what has begun.
func terminate(app core.App) error {
	if !app.IsBootstrapped() {
		return nil
	}
	event := &core.TerminateEvent{App: app}
	return app.OnTerminate().Trigger(event, func(e *core.TerminateEvent) error { return e.App.ResetBootstrapState() })
}

// guarded does work. A panic is an error like others, so that what is open is
// brought to its end.
func guarded(work func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			slog.Error("the command panicked", "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return work()
}

func tell(w io.Writer, err error) {
	text, _, _ := strings.Cut(err.Error(), "\n") // cobra adds suggestions
	if f, ok := errors.AsType[*fail.Error](err); ok {
		text = f.Text(commandLanguage())
		if f.Field != "" {
			text = f.Field + ": " + text
		}
	}
	_, _ = fmt.Fprintln(w, "xiaoer:", text)
}

// serveCommand is PocketBase's, with our flags and variables.
func serveCommand(app *pocketbase.PocketBase, c *Config) *cobra.Command {
	serve := cmd.NewServeCommand(app, false)
	serve.Short = "Start the desk (at 127.0.0.1:8090, or with HTTPS for the domains given)"
	serve.Annotations = map[string]string{backup.Begins: ""}
	c.flags(serve.Flags())
	if c.HTTP != "" {
		_ = serve.PersistentFlags().Set("http", c.HTTP) // any text is a string flag's
	}
	run := serve.RunE
	serve.RunE = func(command *cobra.Command, domains []string) error {
		c.tls = len(domains) > 0 || command.Flag("https").Value.String() != ""
		c.domains = domains
		if err := run(command, domains); err != nil {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	}
	return serve
}
