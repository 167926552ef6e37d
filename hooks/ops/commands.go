package ops

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"github.com/dianxiaoer/xiaoer/hooks/backup"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// Commands are those about the program itself.
func Commands(app *pocketbase.PocketBase, t *web.Table) []*cobra.Command {
	return []*cobra.Command{versionCommand(), healthCommand(), routesCommand(app, t)}
}

// built is what a program says of itself.
type built struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Modified bool   `json:"modified,omitempty"` // built from files that differ from the commit's
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func thisBuild() built {
	b := built{Version: "unknown", Go: strings.TrimPrefix(runtime.Version(), "go"), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Version = info.Main.Version
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

func versionCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "version", Short: "Print the version, the commit, Go and the platform", Args: cobra.NoArgs, Annotations: map[string]string{Bare: ""},
		RunE: func(c *cobra.Command, _ []string) error {
			b := thisBuild()
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(b)
			}
			commit := ""
			if b.Commit != "" {
				commit = " · " + b.Commit[:min(len(b.Commit), 12)]
			}
			_, err := fmt.Fprintf(c.OutOrStdout(), "xiaoer %s%s · Go %s · %s\n", b.Version, commit, b.Go, b.Platform)
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

// listed is a line of the list of routes: an HTTP route, or a command of the
// live protocol.
type listed struct {
	Method     string         `json:"method,omitempty"`
	Path       string         `json:"path,omitempty"`
	Command    string         `json:"command,omitempty"`
	Permission web.Permission `json:"permission"`
}

func routesCommand(app *pocketbase.PocketBase, t *web.Table) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "routes", Short: "List every route and live command with the permission that it asks for", Args: cobra.NoArgs, Annotations: map[string]string{backup.Begins: ""},
		RunE: func(c *cobra.Command, _ []string) error {
			list, err := routes(app, t)
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(c.OutOrStdout()).Encode(list)
			}
			w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, l := range list {
				_, _ = fmt.Fprintf(w, "%s\t%s%s\t%s\n", l.Method, l.Path, l.Command, l.Permission)
			}
			return w.Flush()
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

// routes collects what would be served, without listening.
func routes(app core.App, t *web.Table) ([]listed, error) {
	router, err := apis.NewRouter(app)
	if err != nil {
		return nil, err
	}
	if err := app.OnServe().Trigger(&core.ServeEvent{App: app, Router: router}, func(*core.ServeEvent) error { return nil }); err != nil {
		return nil, err
	}
	var list []listed
	for _, r := range t.All() {
		list = append(list, listed{Method: r.Method, Path: r.Path, Permission: r.Permission})
	}
	slices.SortFunc(list, func(a, b listed) int { return strings.Compare(a.Path+a.Method, b.Path+b.Method) })
	for _, command := range t.Commands() {
		list = append(list, listed{Command: command.Name, Permission: command.Permission})
	}
	return list, nil
}
