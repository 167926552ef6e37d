package channels

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
)

// Command is `xiaoer channel …`, by which scripts set a shop up. A bad value is
// a fail.Invalid, which ends the program with exit status 2.
func Command(app core.App) *cobra.Command {
	root := &cobra.Command{
		Use:   "channel",
		Short: "Lists, shows and adds the ways in for visitors",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return fail.New(fail.Invalid, "channels.no_subcommand") },
	}
	root.AddCommand(listCommand(app), showCommand(app), addCommand(app))
	return root
}

func listCommand(app core.App) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{Use: "list", Short: "Lists the channels, oldest first", Args: cobra.NoArgs}
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON array")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		all, err := All(app)
		if err != nil {
			return err
		}
		printed := make([]printout, 0, len(all))
		for _, channel := range all {
			printed = append(printed, describe(channel))
		}
		if asJSON {
			return printJSON(cmd.OutOrStdout(), printed)
		}
		table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(table, "ID\tNAME\tDEFAULT\tORIGINS")
		for _, p := range printed {
			_, _ = fmt.Fprintf(table, "%s\t%s\t%t\t%s\n", p.ID, p.Name, p.Default, strings.Join(p.Origins, " "))
		}
		return table.Flush()
	}
	return c
}

func showCommand(app core.App) *cobra.Command {
	var asJSON, secretOnly bool
	c := &cobra.Command{
		Use: "show ID", Args: cobra.ExactArgs(1),
		Short: "Shows a channel with the secret that signs its visitors' identities",
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	c.Flags().BoolVar(&secretOnly, "secret", false, "print the secret and nothing else")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		channel, err := ByID(app, args[0])
		if err != nil {
			return fail.New(fail.NotFound, "fail.not_found").Because(err)
		}
		if secretOnly {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), channel.Secrets()[0].Text)
			return err
		}
		return printWhole(cmd.OutOrStdout(), channel, asJSON)
	}
	return c
}

func addCommand(app core.App) *cobra.Command {
	var n New
	var asJSON bool
	c := &cobra.Command{
		Use: "add NAME", Args: cobra.ExactArgs(1), Short: "Adds a channel with a secret of its own",
		Example: `  xiaoer channel add 官网 --greeting "您好，有什么可以帮您？" --origin https://shop.example.com`,
	}
	f := c.Flags()
	f.StringVar(&n.Greeting, "greeting", "", "what is said before the visitor's first word")
	f.StringVar(&n.Colour, "colour", "", "#rrggbb (default: the shop's)")
	f.StringArrayVar(&n.Origins, "origin", nil, "a site that may show the chat, scheme://host[:port]; repeatable (default: any)")
	f.StringVar(&n.Group, "group", "", "the group that serves the channel: its id, key or name")
	f.BoolVar(&n.TypingPreview, "typing-preview", false, "show agents what a visitor has not sent yet")
	f.BoolVar(&n.Default, "default", false, "serve pages that name no channel (the first channel always does)")
	f.BoolVar(&asJSON, "json", false, "print a JSON object")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		n.Name = args[0]
		if n.Group != "" {
			group, err := access.GroupBy(app, n.Group)
			if err != nil {
				return fail.New(fail.Invalid, "channels.group_wrong").On("group").Because(err)
			}
			n.Group = group.Id
		}
		channel, err := Add(app, n)
		if err != nil {
			return err
		}
		return printWhole(cmd.OutOrStdout(), channel, asJSON)
	}
	return c
}

// printout is a channel as the commands print it.
type printout struct {
	ID            string     `json:"id"`
	Name          string     `json:"name"`
	Kind          Kind       `json:"kind"`
	Greeting      string     `json:"greeting"`
	OffHours      string     `json:"off_hours"`
	Colour        string     `json:"colour"`
	Hours         hours.Week `json:"hours"`
	Entries       []Entry    `json:"entries"`
	Routes        []Route    `json:"routes"`
	Origins       []string   `json:"origins"`
	TypingPreview bool       `json:"typing_preview"`
	Remember      bool       `json:"remember"`
	Group         string     `json:"group"`
	Default       bool       `json:"default"`
	Secret        string     `json:"secret,omitempty"` // never in a list
}

func describe(c *Channel) printout {
	return printout{
		ID: c.Id, Name: c.Name(), Kind: c.Kind(), Greeting: c.Greeting(), OffHours: c.OffHours(), Colour: c.Colour(), Hours: c.Hours(),
		Entries: append([]Entry{}, c.Entries()...), Routes: append([]Route{}, c.Routes()...), Origins: append([]string{}, c.Origins()...),
		TypingPreview: c.TypingPreview(), Remember: c.Remember(), Group: c.Group(), Default: c.IsDefault(),
	}
}

func printWhole(to io.Writer, c *Channel, asJSON bool) error {
	p := describe(c)
	p.Secret = c.Secrets()[0].Text
	if asJSON {
		return printJSON(to, p)
	}
	_, err := fmt.Fprintf(to, "id       %s\nname     %s\ndefault  %t\norigins  %s\nsecret   %s\n",
		p.ID, p.Name, p.Default, strings.Join(p.Origins, " "), p.Secret)
	return err
}

func printJSON(to io.Writer, value any) error {
	encoder := json.NewEncoder(to)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
