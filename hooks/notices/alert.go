package notices

import "github.com/pocketbase/pocketbase/core"

// Warning is something that the shop is told where nobody may be looking at the
// console. It holds nothing personal: no name, no words, no number of a customer.
type Warning struct {
	Code         string
	Key          string // of the words in views/locale
	Args         []any  // the words' variables: names and values in turn
	Group        string // id of the customer-service group that it concerns; "" for none
	Conversation string // becomes a link into the console; "" for none
}

// Alert has the shop's robots and mailboxes say w, those that are for its code
// and group. It is written down in app's transaction and said after the commit,
// if not at once, then later. Where there is no robot it does nothing.
func Alert(_ core.App, _ Warning) error { return nil }
