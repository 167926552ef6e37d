package channels

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
)

// Collection is where channels are kept.
const Collection = "channels"

// Kind is how visitors come in.
type Kind string

// Web is the widget on a shop's page and the H5 page.
const Web Kind = "web"

// Entry is a question that a visitor can press instead of writing.
type Entry struct {
	ID     string   `json:"id"`
	Text   string   `json:"text"`
	Answer string   `json:"answer,omitempty"` // said at once, before anybody serves; of a form, once it is there
	Group  string   `json:"group,omitempty"`  // id of the group that the question is for
	Kinds  []string `json:"kinds,omitempty"`  // kinds of pages that show it; none means all
	Form   []Field  `json:"form,omitempty"`   // what is asked when it is pressed
}

// Secret signs identities, see [Verify]. Its text, not the bytes that the text
// spells, is the key of the HMAC.
type Secret struct {
	Text string `json:"secret"`
	Ends int64  `json:"ends,omitempty"` // Unix seconds; 0 while it is the newest
}

// ID names a secret without telling it.
func (s Secret) ID() string {
	sum := sha256.Sum256([]byte("secret " + s.Text))
	return hex.EncodeToString(sum[:6])
}

// Tail is the secret's last four digits, by which a person knows it again.
func (s Secret) Tail() string { return s.Text[max(0, len(s.Text)-4):] }

// valid reports whether the secret still signs at now.
func (s Secret) valid(now time.Time) bool { return s.Ends == 0 || now.Unix() < s.Ends }

var _ core.RecordProxy = (*Channel)(nil)

// Channel is one way in.
type Channel struct{ core.BaseRecordProxy }

var trail = audit.Fields{Name: "name", Secret: []string{"secrets"}, Links: map[string]string{"group": "groups"}}

func wrap(r *core.Record) *Channel {
	c := &Channel{}
	c.SetProxyRecord(r)
	return c
}

// Name is what staff call it.
func (c *Channel) Name() string { return c.GetString("name") }

// Kind is how visitors come in.
func (c *Channel) Kind() Kind { return Kind(c.GetString("kind")) }

// Greeting is said before the visitor's first word; "" for none.
func (c *Channel) Greeting() string { return c.GetString("greeting") }

// Colour is #rrggbb, or "" for the shop's.
func (c *Channel) Colour() string { return c.GetString("colour") }

// OffHours is said once to whoever asks while nobody answers; "" for nothing.
func (c *Channel) OffHours() string { return c.GetString("off_hours") }

// Hours is when people answer; the zero Week is always. See [OpenHours] for
// asking it the time.
func (c *Channel) Hours() hours.Week { return list[hours.Week](c, "hours") }

// Entries are the questions that a visitor can press, in their order.
func (c *Channel) Entries() []Entry { return list[[]Entry](c, "entries") }

// Entry returns the question with id.
func (c *Channel) Entry(id string) (Entry, bool) {
	entries := c.Entries()
	i := slices.IndexFunc(entries, func(e Entry) bool { return e.ID == id })
	if i < 0 {
		return Entry{}, false
	}
	return entries[i], true
}

// Routes lead to a group by where and who a visitor is, the first that fits; see
// [Channel.GroupFor].
func (c *Channel) Routes() []Route { return list[[]Route](c, "routes") }

// Origins are the sites that may show the chat, as scheme://host[:port]; none
// means any.
func (c *Channel) Origins() []string { return list[[]string](c, "origins") }

// Secrets are newest first; those before the first end when their overlap does.
func (c *Channel) Secrets() []Secret { return list[[]Secret](c, "secrets") }

// TypingPreview is whether agents see what a visitor has not sent yet.
func (c *Channel) TypingPreview() bool { return c.GetBool("typing_preview") }

// Remember is whether the shop's page may keep the visitor's token, where
// browsers do not let the chat's own frame keep it.
func (c *Channel) Remember() bool { return c.GetBool("remember") }

// Group is the group that serves the channel unless an entry or a route says
// otherwise.
func (c *Channel) Group() string { return c.GetString("group") }

// IsDefault is whether a page that names no channel comes in here.
func (c *Channel) IsDefault() bool { return c.GetBool("is_default") }

// Allows reports whether pages of origin may open the chat.
func (c *Channel) Allows(origin string) bool {
	origins := c.Origins()
	return len(origins) == 0 || slices.Contains(origins, origin)
}

func (c *Channel) set(n New) {
	c.Set("name", n.Name)
	c.Set("kind", string(Web))
	c.Set("greeting", n.Greeting)
	c.Set("colour", n.Colour)
	c.Set("off_hours", n.OffHours)
	c.Set("hours", n.Hours)
	c.Set("entries", n.Entries)
	c.Set("routes", n.Routes)
	c.Set("origins", n.Origins)
	c.Set("typing_preview", n.TypingPreview)
	c.Set("group", n.Group)
	c.Set("is_default", n.Default)
}

// goTo leads to another group what led to the one that is left.
func (c *Channel) goTo(group, left string) {
	if c.Group() == left {
		c.Set("group", group)
	}
	entries := c.Entries()
	for i := range entries {
		if entries[i].Group == left {
			entries[i].Group = group
		}
	}
	c.Set("entries", entries)
	routes := c.Routes()
	for i := range routes {
		if routes[i].Group == left {
			routes[i].Group = group
		}
	}
	c.Set("routes", routes)
}

// leadsTo reports whether the channel, one of its questions or one of its routes
// is for the group.
func (c *Channel) leadsTo(group string) bool {
	return c.Group() == group || slices.ContainsFunc(c.Entries(), func(e Entry) bool { return e.Group == group }) ||
		slices.ContainsFunc(c.Routes(), func(r Route) bool { return r.Group == group })
}

func (c *Channel) sign(secrets []Secret) { c.Set("secrets", secrets) }
func (c *Channel) beDefault()            { c.Set("is_default", true) }

// malformed names the first JSON field that does not have its shape, if any:
// the getters answer such a field with nothing.
func (c *Channel) malformed() string {
	switch {
	case c.read("hours", &hours.Week{}) != nil:
		return "hours"
	case c.read("entries", &[]Entry{}) != nil:
		return "entries"
	case c.read("routes", &[]Route{}) != nil:
		return "routes"
	case c.read("origins", &[]string{}) != nil:
		return "origins"
	case c.read("secrets", &[]Secret{}) != nil:
		return "secrets"
	}
	return ""
}

func (c *Channel) read(field string, into any) error {
	if text := c.GetString(field); text == "" || text == "null" {
		return nil
	}
	return c.UnmarshalJSONField(field, into)
}

func list[T any](c *Channel, field string) T {
	var value, none T
	if c.read(field, &value) != nil {
		return none
	}
	return value
}
