package protocol

import (
	"sync/atomic"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/live"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// caller is a visitor or a member of staff, on a socket or in a request.
type caller struct {
	contact *guest // a visitor's; nil for staff
	session string // a visitor's session id
	person  atomic.Pointer[access.Person]
	lang    string
	leave   func()                 // gives a visitor's socket back to the address's limit
	looksAt atomic.Pointer[string] // the conversation that staff have on their screen

	// The fields below belong to the socket's own frames that wait their turn: all but
	// a send.
	typed  time.Time
	typing bool
	paged  time.Time
}

// guest is as much of a visitor's contact as a socket needs: thousands of them
// only have the chat open, and a record takes kilobytes.
type guest struct {
	id, channel string
	name        string // "" where the shop's site has given none
	barring     customers.Barring
}

// ContactID implements [conversations.Speaker].
func (g *guest) ContactID() string { return g.id }

// Name implements [conversations.Speaker].
func (g *guest) Name() string { return g.nameIn(locale.Default) }

func (g *guest) nameIn(lang string) string { return customers.Named(g.name, g.id, lang) }

func asVisitor(c *customers.Contact, session, lang string) *caller {
	g := &guest{id: c.Id, channel: c.Channel(), name: c.GivenName(), barring: c.Barring()}
	return &caller{contact: g, session: session, lang: lang}
}

func asStaff(p *access.Person, lang string) *caller {
	c := &caller{lang: lang}
	c.person.Store(p)
	return c
}

// types notes that the caller writes, or has stopped, and reports whether that is
// worth telling: not oftener than [often], and of a visitor no end without a
// beginning.
func (c *caller) types(on bool, now time.Time) bool {
	if on && now.Sub(c.typed) < often || !on && !c.typing && c.isVisitor() {
		return false
	}
	if c.typing = on; on {
		c.typed = now
	}
	return true
}

// viewing is the conversation that the caller has on the screen, "" for none.
func (c *caller) viewing() string {
	if id := c.looksAt.Load(); id != nil {
		return *id
	}
	return ""
}

// haste is how soon the caller wants to hear of a conversation: whose it is, who has it open, and
// everybody while it is nobody's, at once.
func (c *caller) haste(about *conversations.Conversation) live.Haste {
	if c.isVisitor() || about == nil || about.Assignee == "" || about.Assignee == c.person.Load().ID || about.ID == c.viewing() {
		return live.Now
	}
	return live.Soon
}

func (c *caller) isVisitor() bool { return c.contact != nil }

// key names the session that a file's address is bound to.
func (c *caller) key() string {
	if c.isVisitor() {
		return "visitor:" + c.session
	}
	return "staff:" + c.person.Load().SignIn
}

// author is who the caller's entries are from.
func (c *caller) author() conversations.Author {
	if c.isVisitor() {
		return conversations.Visitor(c.contact)
	}
	return conversations.Staff(c.person.Load())
}

// wrote reports whether m is the caller's own.
func (c *caller) wrote(m *conversations.Message) bool {
	if c.isVisitor() {
		return m.From.Kind == conversations.FromVisitor && m.From.ID == c.contact.id
	}
	return m.From.Kind == conversations.FromStaff && m.From.ID == c.person.Load().ID
}

// peerOf is who speaks on s; nil before the hello.
func peerOf(s *live.Session) *caller {
	c, _ := s.Peer.(*caller)
	return c
}
