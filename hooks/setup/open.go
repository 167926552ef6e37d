package setup

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/escalation"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// Shop is what a shop needs to begin with.
type Shop struct {
	Name, Colour, Language string
	Owner                  access.Newcomer
}

// errClosed answers who comes second.
var errClosed = fail.New(fail.Conflict, "setup.closed")

// Open makes the shop in one transaction: its name and colour, the roles and
// groups, the default channel, and the owner. It is refused once there is one.
func Open(app core.App, s Shop) (*access.Staff, error) {
	var owner *access.Staff
	err := app.RunInTransaction(func(app core.App) error {
		n, err := access.Owners(app)
		if err != nil {
			return err
		}
		if n > 0 {
			return errClosed
		}
		if err = furnish(app, s); err != nil {
			return err
		}
		if owner, err = access.AddStaff(app, nil, ownerOf(s)); err != nil {
			return err
		}
		return supply(app, owner.Id, locale.Match(s.Language))
	})
	if err != nil {
		return nil, fmt.Errorf("open the shop: %w", err)
	}
	return owner, nil
}

// ownerOf is the newcomer as whom the owner begins: in charge, in every group,
// and there for whoever asks first.
func ownerOf(s Shop) access.Newcomer {
	n := s.Owner
	n.Role, n.Groups, n.Presence = access.Owner, nil, access.Online
	return n
}

// furnish makes what is missing of the shop itself.
func furnish(app core.App, s Shop) error {
	shop := settings.ShopOf(app)
	shop.Name, shop.Colour, shop.Language = s.Name, s.Colour, locale.Match(s.Language)
	if err := settings.SaveShop(app, shop); err != nil {
		return err
	}
	if err := access.EnsureRoles(app); err != nil {
		return err
	}
	if err := access.EnsureGroups(app); err != nil {
		return err
	}
	if err := escalation.EnsureRules(app); err != nil {
		return err
	}
	_, err := channels.Default(app)
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	entries, err := entriesOf(app, shop.Language)
	if err != nil {
		return err
	}
	say := locale.In(shop.Language)
	_, err = channels.Add(app, channels.New{
		Name: s.Name, Greeting: say.T("setup.greeting", "Shop", s.Name), OffHours: say.T("channels.off_hours_example"), Colour: s.Colour, Entries: entries, Default: true,
	})
	return err
}

// returnForm is what a shop needs to know before it takes something back.
func returnForm(say locale.Speaker) []channels.Field {
	return []channels.Field{
		{Name: "order", Label: say.T("setup.return_order"), Kind: channels.OrderNo},
		{Name: "kind", Label: say.T("setup.return_kind"), Kind: channels.OneOf, Choices: strings.Split(say.T("setup.return_kinds"), "|")},
		{Name: "more", Label: say.T("setup.return_more"), Kind: channels.Longer},
	}
}

// entriesOf are the questions that most shops are asked, each with the group
// that knows the answer.
func entriesOf(app core.App, lang string) ([]channels.Entry, error) {
	say := locale.In(lang)
	var list []channels.Entry
	for _, q := range []struct{ id, group string }{
		{"product", access.PreSale}, {"shipping", access.AfterSale}, {returning, access.AfterSale}, {"invoice", access.AfterSale}, {"person", ""},
	} {
		entry := channels.Entry{ID: q.id, Text: say.T("setup.entry_" + q.id)}
		if q.group != "" {
			g, err := access.GroupBy(app, q.group)
			if err != nil {
				return nil, err
			}
			entry.Group = g.Id
		}
		if q.id == returning {
			entry.Form = returnForm(say)
		}
		list = append(list, entry)
	}
	return list, nil
}
