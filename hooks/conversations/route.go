package conversations

import (
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
)

// route is the group that serves the contact who begins a conversation now, by
// where and who they are. Most channels lead everybody to one group, and nothing
// is asked for.
func (tx *Tx) route(ch *channels.Channel, contact, customer string) (string, error) {
	if len(ch.Routes()) == 0 {
		return ch.Group(), nil
	}
	who, err := customers.ContactByID(tx.App, contact)
	if err != nil {
		return "", err
	}
	known, err := customers.ByID(tx.App, customer)
	if err != nil {
		return "", err
	}
	page := who.Page()
	return ch.GroupFor(channels.Facts{
		PageKind: page.Kind, Address: page.URL, Signed: who.Identity() != "", Level: known.Level(), Distributor: known.DistributorLevel(),
	}), nil
}
