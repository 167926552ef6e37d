// Package seed fills shops with history, for whoever measures or tries what years
// of service do to one.
//
// What it writes is made up and cannot be told from what was said: it is for folders
// that are thrown away.
package seed

import (
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"github.com/dianxiaoer/xiaoer/hooks/backup"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Command is `xiaoer seed`.
func Command(app core.App) *cobra.Command {
	h := &History{}
	c := &cobra.Command{Use: "seed", Short: "Fill an empty shop with years of made-up conversations, to measure it", Args: cobra.NoArgs, Annotations: map[string]string{backup.Begins: ""}}
	c.Flags().IntVar(&h.Messages, "messages", 1_000_000, "how many, ten a conversation")
	c.Flags().Uint64Var(&h.Seed, "seed", 1, "of chance: the same gives the same")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if h.Messages < 1 {
			return fail.New(fail.Invalid, "fail.invalid").On("--messages")
		}
		span, err := conversations.Extent(app)
		if err != nil {
			return err
		}
		if span.Head > 0 {
			return fail.New(fail.Conflict, "ops.seed_talked").On("--dir")
		}
		began := time.Now()
		return h.Write(c.Context(), app, func(done int) {
			_, _ = fmt.Fprintf(c.ErrOrStderr(), "\r%d messages, %s", done, time.Since(began).Round(time.Second))
			if done == h.Messages {
				_, _ = fmt.Fprintln(c.ErrOrStderr())
			}
		})
	}
	return c
}
