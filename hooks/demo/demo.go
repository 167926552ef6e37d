// Package demo shows the program alive to somebody who has just come by: a
// believable shop in a throw-away folder, weeks of past conversations, and
// people who go on with them.
//
// It never touches real data: the folder is its own, new, and gone when the
// program ends, whatever XIAOER_DIR says. One that --dir names has to be empty,
// and stays.
//
// The past is written as the timeline's writer would have written it, which
// itself knows no time but now; the tests read it back through every query. The
// present is nothing special: visitors and colleagues are clients of the public
// protocol over real sockets.
package demo

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/ops"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

const usualAddress = "127.0.0.1:8090"

// Opener makes a whole program out of a configuration: all features bound,
// nothing opened yet.
type Opener func(*ops.Config) (*pocketbase.PocketBase, *web.Table)

// Command is `xiaoer demo`.
func Command(open Opener) *cobra.Command {
	var address string
	c := &cobra.Command{
		Use: "demo", Short: "Show a lively shop in a throw-away folder; touches no real data", Args: cobra.NoArgs,
		Annotations: map[string]string{ops.Bare: ""},
	}
	c.Flags().StringVar(&address, "http", "", "where to listen; "+usualAddress+", or a free port where that is taken")
	c.RunE = func(c *cobra.Command, _ []string) (err error) {
		named := ""
		if f := c.Flag("dir"); f != nil && f.Changed {
			named = f.Value.String()
		}
		dir, remove, err := folder(named)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, remove()) }() // also where something panics
		return show(c, open, ops.Config{Dir: dir, HTTP: address, LogFormat: "text", LogLevel: "warn"})
	}
	return c
}

// show opens the program on its folder and lets the play begin.
func show(c *cobra.Command, open Opener, config ops.Config) error {
	app, table := open(&config)
	if app.DataDir() != config.Dir { // PocketBase reads --dir from the command line itself
		return fmt.Errorf("the demo belongs into %s, not into %q", config.Dir, app.DataDir())
	}
	defer func() {
		if app.IsBootstrapped() { // it did not get as far as serving
			_ = app.ResetBootstrapState()
		}
	}()
	if err := app.Bootstrap(); err != nil {
		return fmt.Errorf("open the demo's folder: %w", err)
	}
	if err := app.RunAllMigrations(); err != nil {
		return fmt.Errorf("open the demo's folder: %w", err)
	}
	p, err := prepare(app, password(), time.Now())
	if err != nil {
		return err
	}
	ctx, end := context.WithCancel(c.Context())
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		table.Pages(e.Router, shopPages()...)
		if failed := e.Next(); failed != nil {
			return failed
		}
		base := "http://" + ops.Reachable(e.Listener.Addr().String())
		p.begin(ctx, base)
		return p.greet(c.OutOrStdout(), base)
	})
	err = ops.Until(ctx, app, func() error { return apis.Serve(app, apis.ServeConfig{HttpAddr: free(ctx, config.HTTP)}) })
	end()
	p.all.Wait()
	return err
}

// folder makes the demo's folder. One that was named must be new or empty; it is
// kept, because somebody wants to look into it.
func folder(named string) (dir string, remove func() error, err error) {
	if named == "" {
		if dir, err = os.MkdirTemp("", "xiaoer-demo-"); err != nil {
			return "", nil, fmt.Errorf("make a folder for the demo: %w", err)
		}
		return dir, func() error { return os.RemoveAll(dir) }, nil
	}
	there, err := os.ReadDir(named)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", nil, fmt.Errorf("look into %s: %w", named, err)
	}
	if len(there) > 0 {
		return "", nil, fail.New(fail.Invalid, "demo.not_empty", "Dir", named).On("--dir")
	}
	return named, func() error { return nil }, nil
}

// free is the address to listen on: the usual one, unless somebody has it. One
// that was asked for is not replaced.
func free(ctx context.Context, address string) string {
	if address != "" {
		return address
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", usualAddress)
	if err != nil {
		return "127.0.0.1:0"
	}
	_ = l.Close()
	return usualAddress
}

// password is made anew each time: the demo may be shown to a whole network.
func password() string {
	var bits [5]byte
	_, _ = rand.Read(bits[:]) // never fails
	return "heye-" + strings.ToLower(base32.StdEncoding.EncodeToString(bits[:]))
}

// greet prints where everything is, and who may sign in.
func (p *play) greet(w io.Writer, base string) error {
	var b strings.Builder
	say := func(key string, args ...any) {
		for _, lang := range locale.Languages {
			_, _ = fmt.Fprintf(&b, "  %s\n", locale.In(lang).T("demo."+key, args...))
		}
	}
	place := func(key, path string) {
		say(key)
		_, _ = fmt.Fprintf(&b, "\n      %s\n\n", base+path)
	}
	_, _ = fmt.Fprintf(&b, "\n  小二 Xiaoer · %s\n\n", p.Name)
	place("desk", "/desk")
	say("accounts")
	b.WriteString("\n")
	for _, s := range p.staff {
		if !s.is.Plays {
			_, _ = fmt.Fprintf(&b, "      %-24s %s    %s\n", s.Email, p.password, s.Nickname)
		}
	}
	b.WriteString("\n")
	place("shop_page", shopPath)
	place("chat", "/chat")
	say("ends")
	b.WriteString("\n")
	_, err := io.WriteString(w, b.String())
	return err
}
