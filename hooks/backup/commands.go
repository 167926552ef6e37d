package backup

import (
	"encoding/json"
	"fmt"

	"github.com/pocketbase/pocketbase"
	"github.com/spf13/cobra"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Commands are `xiaoer backup` and `xiaoer restore`. program is the version.
func Commands(app *pocketbase.PocketBase, program string) []*cobra.Command {
	return []*cobra.Command{backupCommand(app, program), restoreCommand(app)}
}

func backupCommand(app *pocketbase.PocketBase, program string) *cobra.Command {
	var verify, asJSON bool
	c := &cobra.Command{
		Use: "backup FILE", Short: "Write a verified backup of the whole shop to one file, beside a running desk", Args: cobra.ExactArgs(1),
	}
	c.Flags().BoolVar(&verify, "verify", false, "read FILE instead, and say whether it can be restored")
	c.Flags().BoolVar(&asJSON, "json", false, "print the manifest as JSON")
	c.RunE = func(c *cobra.Command, args []string) error {
		if !verify {
			if _, err := Make(c.Context(), app.DataDir(), args[0], program); err != nil {
				return err
			}
		}
		m, err := Verify(c.Context(), args[0])
		if err != nil {
			return err
		}
		if asJSON {
			return json.NewEncoder(c.OutOrStdout()).Encode(m)
		}
		_, err = fmt.Fprintf(c.OutOrStdout(), "%s: %d files, %d bytes, made %s\n", args[0], len(m.Entries), m.Size(), m.Made.Format("2006-01-02 15:04:05 MST"))
		return err
	}
	return c
}

func restoreCommand(app *pocketbase.PocketBase) *cobra.Command {
	return &cobra.Command{
		Use: "restore FILE", Short: "Put a backup in the place of the present data, which is kept in before-restore", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			dir := app.DataDir()
			release, err := lock(dir, true)
			if err != nil {
				return refused(err)
			}
			defer release()
			m, err := Stage(c.Context(), args[0], dir)
			if err != nil {
				return err
			}
			if err = sign(dir, audit.AtTheMachine(), m); err != nil {
				return err
			}
			if err = app.ResetBootstrapState(); err != nil { // the database is closed before it is moved
				return err
			}
			if err = finish(dir); err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "restored: the shop of %s\n", m.Made.Format("2006-01-02 15:04:05 MST"))
			return err
		},
	}
}

func refused(err error) error {
	if err == ErrInUse { //nolint:errorlint // lock returns it as it is
		return fail.New(fail.Conflict, "backup.in_use").Because(err)
	}
	return err
}
