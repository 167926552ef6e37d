package web

import (
	"cmp"
	"slices"

	"github.com/a-h/templ"
	"github.com/pocketbase/pocketbase/core"
)

// Panel is a section of the console's side panel that a feature adds: what it
// knows of the customer (orders, parcels, tickets) beside their conversation. It
// is fetched when somebody opens it, and again when they open another
// conversation.
type Panel struct {
	Key        string // names it in addresses
	Title      string // a message's key
	Icon       string
	Permission Permission // who has it sees the panel
	Order      int        // its place, the lowest first

	// Show draws what is known; nil where there is nothing to show. It need not ask
	// whether the viewer may see the conversation.
	Show func(e *core.RequestEvent, of PanelOf) (templ.Component, error)
}

// PanelOf is whom a panel is about, by ids.
type PanelOf struct{ Conversation, Contact, Customer string }

// Panel adds a section to the console's side panel.
func (t *Table) Panel(p Panel) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.panels = slices.DeleteFunc(t.panels, func(other Panel) bool { return other.Key == p.Key }) // a test may serve one app twice
	t.panels = append(t.panels, p)
	slices.SortStableFunc(t.panels, func(a, b Panel) int { return cmp.Compare(a.Order, b.Order) })
}

// PanelsFor lists the sections that somebody may see, in their order.
func (t *Table) PanelsFor(may func(Permission) bool) []Panel {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(t.panels), func(p Panel) bool { return p.Permission != SignedIn && !may(p.Permission) })
}
