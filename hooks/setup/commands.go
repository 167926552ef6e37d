package setup

import (
	"errors"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/backup"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// Commands are `xiaoer owner …`.
func Commands(app core.App) []*cobra.Command {
	root := &cobra.Command{
		Use: "owner", Short: "Set a shop up without a browser", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return fail.New(fail.Invalid, "access.no_subcommand") },
	}
	root.AddCommand(addCommand(app))
	return []*cobra.Command{root}
}

func addCommand(app core.App) *cobra.Command {
	var s Shop
	var fromStdin, asJSON bool
	say := locale.In(locale.Default)
	c := &cobra.Command{
		Use: "add EMAIL", Args: cobra.ExactArgs(1), Annotations: map[string]string{backup.Begins: ""},
		Short: "Set the shop up with its owner, or add an owner to one that has them",
	}
	f := c.Flags()
	f.StringVar(&s.Owner.Nickname, "nickname", say.T("access.role_owner"), "the name that customers see")
	f.StringVar(&s.Owner.Phone, "phone", "", "to sign in with as well")
	f.StringVar(&s.Name, "shop", say.T("setup.shop_unnamed"), "the shop's name")
	f.StringVar(&s.Colour, "colour", settings.DefaultColour, "the shop's colour, #rrggbb")
	f.BoolVar(&fromStdin, "password-stdin", false, "read the password from standard input (required)")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	c.RunE = func(c *cobra.Command, args []string) (err error) {
		s.Owner.Email, s.Language = args[0], locale.Default
		if s.Owner.Password, err = access.ReadPassword(c, fromStdin); err != nil {
			return err
		}
		faults, err := faultsOf(app, s)
		if err != nil {
			return err
		}
		if len(faults) > 0 {
			return faults[0]
		}
		owner, err := Open(app, s)
		if errors.Is(err, errClosed) {
			owner, err = access.AddStaff(app, nil, ownerOf(s))
		}
		if err != nil {
			return err
		}
		return access.Print(app, c.OutOrStdout(), owner.Id, asJSON)
	}
	return c
}
