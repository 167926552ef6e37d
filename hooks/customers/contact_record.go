package customers

import (
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// Contacts is where contacts are kept.
const Contacts = "contacts"

var _ core.RecordProxy = (*Contact)(nil)

// Contact is a customer, or somebody still unknown, on one channel.
type Contact struct{ core.BaseRecordProxy }

// Page is the page that a visitor is on.
type Page struct {
	URL      string `json:"url"`
	Title    string `json:"title"`
	Kind     string `json:"kind,omitempty"` // product, order, cart, home…: chooses the entry questions
	Referrer string `json:"referrer,omitempty"`

	Since time.Time `json:"since,omitzero"` // of the page that somebody is on
}

var contactTrail = audit.Fields{
	On: "customer", Links: map[string]string{"customer": Customers, "channel": "channels"}, Personal: []string{"identity", "name", "avatar", "page", "source", "blocked_reason"},
	Ignore: []string{"seen", "blocked_by", "blocked_since"}, Turns: map[string][2]string{"blocked": {"blocked", "unblocked"}},
	By: []audit.ActorKind{audit.Staff, audit.Dashboard, audit.Command},
}

func newContact(app core.App, channel string) (*Contact, error) {
	collection, err := app.FindCachedCollectionByNameOrId(Contacts)
	if err != nil {
		return nil, err
	}
	c := &Contact{}
	c.SetProxyRecord(core.NewRecord(collection))
	c.Set("channel", channel)
	return c, nil
}

// Customer is whose contact this is; "" until the first word or an identity.
func (c *Contact) Customer() string { return c.GetString("customer") }

// Channel is the channel's id.
func (c *Contact) Channel() string { return c.GetString("channel") }

// Identity is the customer's id in the shop's own data, "" while anonymous.
func (c *Contact) Identity() string { return c.GetString("identity") }

// Name is what the shop's site calls the visitor, or 访客 with the end of the
// id, by which staff tell anonymous visitors apart.
func (c *Contact) Name() string { return c.NameIn(locale.Default) }

// NameIn is Name for readers of lang.
func (c *Contact) NameIn(lang string) string { return Named(c.GivenName(), c.Id, lang) }

// GivenName is what the shop's site calls the visitor, or "".
func (c *Contact) GivenName() string { return c.GetString("name") }

// ContactID is the id, for who takes anybody that speaks on a channel.
func (c *Contact) ContactID() string { return c.Id }

// Named is the name of a contact of that id: the given one, where there is one.
func Named(name, id, lang string) string {
	if name != "" {
		return name
	}
	return Anonymous(id, lang)
}

// Anonymous is the name of a contact that has none.
func Anonymous(id, lang string) string {
	around := anonymous()[locale.In(lang).Language]
	return around[0] + id[max(0, len(id)-4):] + around[1]
}

// anonymous are the words around the tail, by language: they are wanted with each
// word that somebody says.
var anonymous = sync.OnceValue(func() map[string][2]string {
	words := map[string][2]string{}
	for _, lang := range locale.Languages {
		before, after, _ := strings.Cut(locale.In(lang).T("customers.visitor", "Tail", "\x00"), "\x00")
		words[lang] = [2]string{before, after}
	}
	return words
})

// Avatar is the address of a picture on this server, or "". A picture elsewhere
// is kept but never shown: loading it would tell its host who is being served.
func (c *Contact) Avatar() string { return local(c.GetString("avatar")) }

func local(address string) string {
	if strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//") {
		return address
	}
	return ""
}

// picture is the address of a picture wherever it lies.
func (c *Contact) picture() string { return c.GetString("avatar") }

// Created is when the visitor first came.
func (c *Contact) Created() types.DateTime { return c.GetDateTime("created") }

// Lang is the language to speak to the visitor.
func (c *Contact) Lang() string { return c.GetString("lang") }

// Source is the page that led to the first visit, "" if unknown.
func (c *Contact) Source() string { return c.GetString("source") }

// Block is why the visitor may not write; nil where nobody has blocked them. It
// may have ended, see [Block.Holds].
func (c *Contact) Block() *Block {
	if !c.GetBool("blocked") {
		return nil
	}
	return &Block{
		Reason: c.GetString("blocked_reason"), Staff: c.GetString("blocked_by"),
		Since: c.GetDateTime("blocked_since").Time(), Until: c.GetDateTime("blocked_until").Time(),
	}
}

// Barring is the block as [Barring.Refuse] asks for it.
func (c *Contact) Barring() Barring {
	return Barring{Blocked: c.GetBool("blocked"), Until: c.GetDateTime("blocked_until")}
}

func (c *Contact) block(b Block) {
	c.Set("blocked", true)
	c.Set("blocked_reason", b.Reason)
	c.Set("blocked_by", b.Staff)
	c.Set("blocked_since", b.Since)
	c.Set("blocked_until", b.Until)
}

func (c *Contact) unblock() {
	c.Set("blocked", false)
	for _, field := range []string{"blocked_reason", "blocked_by", "blocked_since", "blocked_until"} {
		c.Set(field, "")
	}
}

// Seen is when the visitor was last here, to about an hour.
func (c *Contact) Seen() types.DateTime { return c.GetDateTime("seen") }

// Page is the page that the visitor is or was last on.
func (c *Contact) Page() Page {
	var p Page
	if err := c.UnmarshalJSONField("page", &p); err != nil {
		return Page{} // none yet
	}
	return p
}

// identify makes c the contact of customer, whom the shop's data calls identity.
func (c *Contact) identify(customer, identity string) {
	c.Set("customer", customer)
	c.Set("identity", identity)
}

// arrive notes that the visitor is here, and on which page: the one that they were
// on before is returned.
func (c *Contact) arrive(now time.Time, lang string, page *Page) (before Page) {
	before = c.Page()
	c.Set("seen", now)
	if lang != "" {
		c.Set("lang", locale.Match(lang))
	}
	if page == nil {
		return before
	}
	c.Set("page", page.cut().from(before, now))
	if c.Source() == "" {
		c.Set("source", page.cut().Referrer)
	}
	return before
}

func (c *Contact) introduce(name, avatar string) {
	if name = cut(name, longestName); name != "" {
		c.Set("name", name)
	}
	if avatar = remote(avatar); avatar != "" {
		c.Set("avatar", avatar)
	}
}
