package backup

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/pocketbase/pocketbase"
	"github.com/spf13/cobra"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/replica"
)

// Commands are `xiaoer backup`, `xiaoer restore` and `xiaoer check`. program is the version, by
// what a store of warm copies asks for.
func Commands(app *pocketbase.PocketBase, program string, by replica.Address) []*cobra.Command {
	return []*cobra.Command{backupCommand(app, program), restoreCommand(app, by), checkCommand(app)}
}

func backupCommand(app *pocketbase.PocketBase, program string) *cobra.Command {
	var verify, asJSON bool
	c := &cobra.Command{
		Use: "backup FILE", Short: "Write a verified backup of the whole shop to one file, beside a running desk", Args: cobra.ExactArgs(1),
		Annotations: map[string]string{Unless: "verify"},
	}
	c.Flags().BoolVar(&verify, "verify", false, "read FILE instead, and say whether it can be restored")
	c.Flags().BoolVar(&asJSON, "json", false, "print the manifest as JSON")
	c.RunE = func(c *cobra.Command, args []string) error {
		if verify {
			m, err := Verify(c.Context(), args[0])
			if err != nil {
				return err
			}
			if d := m.damage(); !d.none() {
				_, _ = fmt.Fprintln(c.ErrOrStderr(), d)
			}
			return tell(c.OutOrStdout(), args[0], m, asJSON)
		}
		m, err := Make(c.Context(), app.DataDir(), args[0], program)
		if err != nil {
			return err
		}
		if err = tell(c.OutOrStdout(), args[0], m, asJSON); err != nil {
			return err
		}
		if _, news := m.damage().split(lossesOf(app)); news.count() > 0 {
			return fmt.Errorf("%s is the best there is, and stays, but %w", args[0], &Damage{Losses: news})
		}
		return nil
	}
	return c
}

func tell(to io.Writer, file string, m *Manifest, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(to).Encode(m)
	}
	_, err := fmt.Fprintf(to, "%s: %d files, %d bytes, made %s\n", file, len(m.Entries), m.Size(), m.Made.Format(stated))
	return err
}

func checkCommand(app *pocketbase.PocketBase) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "check", Short: "Read the whole shop where it lies, beside a running desk, and say what of it is damaged", Args: cobra.NoArgs}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	c.RunE = func(c *cobra.Command, _ []string) error {
		d, err := Check(c.Context(), app.DataDir())
		if err != nil {
			return err
		}
		if asJSON {
			if err = json.NewEncoder(c.OutOrStdout()).Encode(d); err != nil {
				return err
			}
		}
		if !d.none() {
			return d
		}
		if !asJSON {
			_, err = fmt.Fprintln(c.OutOrStdout(), "nothing is damaged")
		}
		return err
	}
	return c
}

func restoreCommand(app *pocketbase.PocketBase, by replica.Address) *cobra.Command {
	from := replica.Address{Key: by.Key, Secret: by.Secret}
	c := &cobra.Command{
		Use: "restore FILE", Short: "Put a backup, or with --from the warm copy, in the place of the present data, which is kept in before-restore",
		Annotations: map[string]string{Alone: ""},
		Args: func(c *cobra.Command, args []string) error {
			if from.To != "" {
				return cobra.NoArgs(c, args)
			}
			return cobra.ExactArgs(1)(c, args)
		},
	}
	c.Flags().StringVar(&from.To, "from", "", "restore the warm copy that is kept there, as of its last moment: a folder or s3://…")
	c.RunE = func(c *cobra.Command, args []string) error {
		dir := app.DataDir()
		release, err := enterAlone(dir)
		if err != nil {
			return err
		}
		defer release()
		laid, err := lay(c.Context(), dir, from, args)
		if err != nil {
			return err
		}
		if err = finish(dir); err != nil {
			return err
		}
		for _, one := range laid.Passed {
			_, _ = fmt.Fprintf(c.ErrOrStderr(), "the newer copy of %s\nthe shop goes back to the one of %s\n", one, laid.Made.Format(stated))
		}
		for _, id := range laid.Lost {
			_, _ = fmt.Fprintf(c.ErrOrStderr(), "missing: upload %s\n", id)
		}
		_, err = fmt.Fprintf(c.OutOrStdout(), "restored: the shop of %s\n", laid.Made.Format(stated))
		return err
	}
	return c
}

// stated is how a moment is told.
const stated = "2006-01-02 15:04:05 MST"

// lay lays ready what a file or the warm copy holds.
func lay(ctx context.Context, dir string, from replica.Address, args []string) (t Takeover, err error) {
	if from.To == "" {
		m, wrong := Stage(ctx, args[0], dir, audit.AtTheMachine())
		if wrong != nil {
			return t, wrong
		}
		return Takeover{Made: m.Made}, nil
	}
	if !strings.Contains(from.To, "://") {
		if from.To, err = filepath.Abs(from.To); err != nil {
			return t, err
		}
	}
	if t, err = StageReplica(ctx, from, dir, audit.AtTheMachine()); err != nil {
		f := trouble(err)
		f.Kind = fail.Unavailable // it may be asked for again as it is
		return t, f
	}
	return t, nil
}
