package audit

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Commands are `xiaoer audit …`.
func Commands(app core.App) []*cobra.Command {
	root := &cobra.Command{
		Use: "audit", Short: "Read and verify the audit trail", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return fail.New(fail.Invalid, "audit.no_subcommand") },
	}
	root.AddCommand(verifyCommand(app), acceptCommand(app), listCommand(app))
	return []*cobra.Command{root}
}

func verifyCommand(app core.App) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "verify", Args: cobra.NoArgs,
		Short: "Find every entry that was altered, removed, moved, added or cut off; exit with 1 where there is one",
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.RunE = func(c *cobra.Command, _ []string) error {
		report, err := Verify(c.Context(), app, time.Now())
		if err != nil {
			return err
		}
		return tell(c.OutOrStdout(), report, asJSON)
	}
	return c
}

func acceptCommand(app core.App) *cobra.Command {
	var reason string
	var asJSON bool
	c := &cobra.Command{
		Use: "accept", Args: cobra.NoArgs,
		Short: "Go on from a trail with faults, as after restoring a backup; that and why becomes an entry",
	}
	c.Flags().StringVar(&reason, "reason", "", "why the trail is as it is (required)")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.RunE = func(c *cobra.Command, _ []string) error {
		report, err := Accept(c.Context(), app, reason, time.Now())
		if err != nil {
			return err
		}
		return tell(c.OutOrStdout(), report, asJSON)
	}
	return c
}

func tell(out io.Writer, r Report, asJSON bool) error {
	if asJSON {
		if err := json.NewEncoder(out).Encode(r); err != nil {
			return err
		}
	} else {
		list(out, r)
	}
	if r.OK {
		return nil
	}
	return fail.New(fail.Conflict, "audit.not_whole", "Faults", len(r.Faults))
}

func list(out io.Writer, r Report) {
	lines := func(list []Fault, prefix string) {
		for _, f := range list {
			where := "the trail"
			if f.From > 0 || f.To > 0 {
				where = fmt.Sprintf("entries %d-%d", f.From, f.To)
			}
			_, _ = fmt.Fprintln(out, strings.TrimSpace(fmt.Sprintf("%s%s  %s  %s", prefix, f.Wrong, where, f.Note)))
		}
	}
	lines(r.Accepted, "accepted  ")
	lines(r.Faults, "")
	if r.OK {
		_, _ = fmt.Fprintf(out, "whole  %d entries  head %s\n", r.Length, r.Head)
	}
}

func listCommand(app core.App) *cobra.Command {
	q := Query{Limit: 50}
	var object string
	var asJSON bool
	c := &cobra.Command{Use: "list", Short: "List the newest entries", Args: cobra.NoArgs}
	f := c.Flags()
	f.IntVar(&q.Limit, "limit", q.Limit, "how many")
	f.StringVar(&q.Actor, "actor", "", "by the staff with this id")
	f.StringVar(&q.Act, "act", "", "of this act, such as staff.disabled, or of one kind of thing, such as staff.")
	f.StringVar(&object, "object", "", "on this thing, as kind:id, such as customers:abc")
	f.Int64Var(&q.Before, "before", 0, "older than the entry with this number")
	f.BoolVar(&asJSON, "json", false, "print a JSON array")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if object != "" {
			q.On = []Object{ParseObject(object)}
		}
		found, err := Find(c.Context(), app, q)
		if err != nil {
			return err
		}
		if asJSON {
			return json.NewEncoder(c.OutOrStdout()).Encode(found.Entries)
		}
		w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
		for _, r := range found.Entries {
			_, _ = fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s:%s\t%s\n", r.Seq, r.Time, r.ActorKind, r.ActorName, r.Act, r.ObjectKind, r.Object, r.ObjectName)
		}
		return w.Flush()
	}
	return c
}
