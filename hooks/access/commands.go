package access

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Commands are `xiaoer staff …`. They work on the data folder of a running
// server as well: it learns of the change within a second.
func Commands(app core.App) []*cobra.Command {
	root := &cobra.Command{
		Use: "staff", Short: "List, add, change, disable and delete staff", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return fail.New(fail.Invalid, "access.no_subcommand") },
	}
	root.AddCommand(addCommand(app), listCommand(app), roleCommand(app), passwordCommand(app),
		switchCommand(app, "two-step-off", "Switch two-step sign-in off for who has lost phone and recovery codes; ends their sign-ins", DropTwoStep),
		switchCommand(app, "disable", "Disable an account: it is signed out everywhere", Disable),
		switchCommand(app, "enable", "Enable a disabled account", Enable),
		switchCommand(app, "delete", "End an account for good; what it has said keeps its nickname", DeleteStaff))
	return []*cobra.Command{root}
}

// account is what a command prints of a member of staff.
type account struct {
	ID       string   `json:"id"`
	Email    string   `json:"email"` // "" for who signs in by phone alone
	Phone    string   `json:"phone,omitempty"`
	Nickname string   `json:"nickname"`
	Role     string   `json:"role"`
	Groups   []string `json:"groups"`
	Cap      int      `json:"cap"`
	Weight   int      `json:"weight"`
	Disabled bool     `json:"disabled"`
	Deleted  bool     `json:"deleted,omitempty"`
}

// Print writes a member of staff as a command's answer: a line, or JSON.
func Print(app core.App, w io.Writer, id string, asJSON bool) error {
	a, err := describe(app, id)
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(w).Encode(a)
	}
	_, err = fmt.Fprintf(w, "%s  %s  %s  %s\n", a.ID, a.reach(), a.Nickname, a.Role)
	return err
}

func (a account) reach() string { return cmp.Or(a.Email, a.Phone, "-") }

func describe(app core.App, id string) (account, error) {
	p, err := ByID(app, id)
	if err != nil {
		return account{}, err
	}
	role := p.Role
	if role == "" {
		role = p.RoleName
	}
	return account{
		ID: p.ID, Email: p.Email, Phone: p.Phone, Nickname: p.Nickname, Role: role, Groups: append([]string{}, p.Groups...),
		Cap: p.Cap, Weight: p.Weight, Disabled: p.Disabled, Deleted: p.Deleted,
	}, nil
}

func addCommand(app core.App) *cobra.Command {
	var n Newcomer
	var fromStdin, asJSON bool
	c := &cobra.Command{Use: "add [EMAIL or PHONE]", Short: "Add an account that can sign in at once", Args: cobra.MaximumNArgs(1)}
	f := c.Flags()
	f.StringVar(&n.Nickname, "nickname", "", "the name that customers see (required)")
	f.StringVar(&n.RealName, "real-name", "", "the name that colleagues see")
	f.StringVar(&n.Phone, "phone", "", "to sign in with, beside or instead of an e-mail")
	f.StringVar(&n.Role, "role", Agent, "owner, supervisor, agent, pre-sale, after-sale, complaint, expert, read-only, or a role of the shop's by name")
	f.StringArrayVar(&n.Groups, "group", nil, "key, name or id of a group; may be repeated; every group when left out")
	f.IntVar(&n.Cap, "cap", DefaultCap, "conversations at once")
	f.IntVar(&n.Weight, "weight", DefaultWeight, "share of what comes in against colleagues, 1 to 10")
	f.BoolVar(&n.MustChange, "must-change", false, "ask for a new password at the first sign-in")
	f.BoolVar(&fromStdin, "password-stdin", false, "read the password from standard input (required)")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	c.RunE = func(c *cobra.Command, args []string) (err error) {
		if err = n.reachBy(args); err != nil {
			return err
		}
		if n.Password, err = ReadPassword(c, fromStdin); err != nil {
			return err
		}
		s, err := AddStaff(app, nil, n)
		if err != nil {
			return err
		}
		return Print(app, c.OutOrStdout(), s.Id, asJSON)
	}
	return c
}

// reachBy takes the argument for an e-mail where it looks like one.
func (n *Newcomer) reachBy(args []string) error {
	switch {
	case len(args) == 0 && n.Phone == "":
		return fail.New(fail.Invalid, "access.reach_missing")
	case len(args) == 0:
	case strings.Contains(args[0], "@"):
		n.Email = args[0]
	case n.Phone != "":
		return fail.New(fail.Invalid, "access.email_wrong")
	default:
		n.Phone = args[0]
	}
	return nil
}

func listCommand(app core.App) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "list", Short: "List all accounts", Args: cobra.NoArgs}
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON array")
	c.RunE = func(c *cobra.Command, _ []string) error {
		all, err := allStaff(app)
		if err != nil {
			return err
		}
		list := make([]account, 0, len(all))
		for _, s := range all {
			if s.Deleted() {
				continue
			}
			a, err := describe(app, s.Id)
			if err != nil {
				return err
			}
			list = append(list, a)
		}
		if asJSON {
			return json.NewEncoder(c.OutOrStdout()).Encode(list)
		}
		w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
		for _, a := range list {
			_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\tdisabled=%t\n", a.ID, a.reach(), a.Nickname, a.Role, a.Disabled)
		}
		return w.Flush()
	}
	return c
}

func switchCommand(app core.App, name, short string, act func(core.App, *Person, string) error) *cobra.Command {
	c := &cobra.Command{Use: name + " EMAIL or PHONE", Short: short, Args: cobra.ExactArgs(1)}
	return onAccount(c, app, func(s *Staff, _ []string) error { return act(app, nil, s.Id) })
}

func roleCommand(app core.App) *cobra.Command {
	c := &cobra.Command{Use: "role EMAIL or PHONE ROLE", Short: "Give an account another role, by key or name", Args: cobra.ExactArgs(2)}
	return onAccount(c, app, func(s *Staff, args []string) error { return SetRole(app, nil, s.Id, args[1]) })
}

func passwordCommand(app core.App) *cobra.Command {
	c := &cobra.Command{Use: "password EMAIL or PHONE", Short: "Set the password of an account; ends its sign-ins", Args: cobra.ExactArgs(1)}
	fromStdin := c.Flags().Bool("password-stdin", false, "read the password from standard input (required)")
	mustChange := c.Flags().Bool("must-change", false, "ask for another one at the next sign-in")
	return onAccount(c, app, func(s *Staff, _ []string) error {
		password, err := ReadPassword(c, *fromStdin)
		if err != nil {
			return err
		}
		return givePassword(app, nil, s.Id, password, *mustChange)
	})
}

// onAccount makes c act on the account that its first argument names, and print
// what has become of it.
func onAccount(c *cobra.Command, app core.App, act func(*Staff, []string) error) *cobra.Command {
	var asJSON bool
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.RunE = func(c *cobra.Command, args []string) error {
		s, err := StaffByIdentity(app, args[0])
		if err != nil {
			return fail.New(fail.NotFound, "access.no_such_staff", "Account", args[0]).Because(err)
		}
		if err := patiently(c.Context(), func() error { return act(s, args) }); err != nil {
			return err
		}
		return Print(app, c.OutOrStdout(), s.Id, asJSON)
	}
	return c
}

// patiently does act again while a busy server holds the database. A server's
// own writer may leave it free for less than a millisecond at a time, and an
// account must not stay enabled for that.
func patiently(ctx context.Context, act func() error) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		err := act() // waits for the lock by itself
		if err == nil || fail.Of(err).Kind != fail.Busy || ctx.Err() != nil {
			return err
		}
	}
}

// ReadPassword reads one line from the command's standard input. A password is
// never an argument, because everybody on the machine sees those.
func ReadPassword(c *cobra.Command, fromStdin bool) (string, error) {
	if !fromStdin {
		return "", fail.New(fail.Invalid, "access.password_stdin").On("--password-stdin")
	}
	line, err := bufio.NewReader(io.LimitReader(c.InOrStdin(), 4<<10)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}
