package ops

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// Commands are those about the program itself.
func Commands(app *pocketbase.PocketBase, t *web.Table) []*cobra.Command {
	return []*cobra.Command{versionCommand(), healthCommand(), routesCommand(app, t)}
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs, Annotations: map[string]string{Bare: ""},
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(c.OutOrStdout(), Version())
			return err
		},
	}
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
		Use: "routes", Short: "List every route and live command with the permission that it asks for", Args: cobra.NoArgs,
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
