package conversations

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/files"
	"github.com/dianxiaoer/xiaoer/hooks/terms"
)

// The protocol's bounds of a message.
const (
	TextMost  = 5000     // code points
	DataMost  = 16 << 10 // bytes
	depthMost = 16       // levels of nesting in data
)

var idShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// Draft is a message that somebody wants to post.
type Draft struct {
	ID           string // the sender's own, see [CheckID]
	Conversation string // may be empty for a visitor
	Kind         Kind
	Text         string
	Data         json.RawMessage
	File, Quote  string
	// Queued is called, where there is one, once its place in the timeline is sure:
	// what is posted from then on comes after it.
	Queued func()

	reach string // how the visitor can be reached, part of what the id stands for
}

// CheckID refuses an id that no client may use.
func CheckID(id string) error {
	if !idShape.MatchString(id) {
		return fail.New(fail.Invalid, "conversations.id_shape").On("id")
	}
	return nil
}

// PostAsVisitor adds the contact's message to their conversation, and opens one
// where none is; then the channel's greeting goes before the contact's first
// word. The same id again gives the first message. Errors: invalid, too_long,
// id_reused, not_found (conversation, quote), file_gone, blocked.
func PostAsVisitor(app core.App, contact Speaker, d Draft) (*Message, error) {
	by := Visitor(contact)
	return post(app, by, &d, func(tx *Tx, m *Message) error {
		c, err := tx.visitorsConversation(contact, d.Conversation)
		if err != nil {
			return err
		}
		entry, err := tx.pressed(c, d)
		if err != nil {
			return err
		}
		if err := tx.fill(c, m, d, entry); err != nil {
			return err
		}
		if err := tx.attach(c, m, d); err != nil {
			return err
		}
		return tx.said(c, m, entry)
	})
}

// PostAsStaff adds p's message or note. Speaking to a customer who waits takes
// the conversation in the same commit. Errors as for [PostAsVisitor], and
// closed, taken, forbidden, at_capacity.
func PostAsStaff(app core.App, p *access.Person, d Draft) (*Message, error) {
	by := Staff(p)
	return post(app, by, &d, func(tx *Tx, m *Message) (err error) {
		if p, err = access.Still(tx.App, p, access.ConversationsReply); err != nil {
			return err
		}
		c, err := tx.seen(p, d.Conversation)
		if err != nil {
			return err
		}
		if d.Kind == Note {
			m.StaffOnly = true
		} else if err := tx.speak(c, p); err != nil {
			return err
		}
		if err := tx.attach(c, m, d); err != nil {
			return err
		}
		tx.Save(c)
		if d.Kind == Note {
			return tx.mention(c, m)
		}
		c.answeredBy(p)
		return nil
	})
}

// answeredBy is what a word of staff's does to the conversation. Whoever answers
// first owns the question; one that was only given to them is not theirs yet.
func (c *Conversation) answeredBy(p *access.Person) {
	c.WaitingSince, c.Left = noTime, noTime
	if c.Owner == "" && c.Assignee == p.ID {
		c.Owner = p.ID
	}
}

// post does what all posts share: shape, repeat, commit.
func post(app core.App, by Author, d *Draft, change func(*Tx, *Message) error) (*Message, error) {
	if err := CheckID(d.ID); err != nil {
		return nil, err
	}
	shape := d.check(by.Kind)
	hash := contentHash(string(d.Kind), d.Text, string(d.Data), d.File, d.Quote, staffPlace(by, d.Conversation)+d.reach)
	known := "" // found out here, where nobody waits for it
	if shape == nil && (d.Kind == Text || d.Kind == Note) {
		known = terms.Words(d.Text)
	}
	var m *Message
	say := func(tx *Tx) error {
		m = &Message{ClientID: d.ID, Hash: hash, Kind: d.Kind, Text: d.Text, Data: unfilled(d.Data), From: by, terms: known}
		return change(tx, m)
	}
	err := write(app, d.Queued, func(tx *Tx) error {
		if shape == nil {
			if done, err := tx.quickly(say); done {
				return err
			}
		}
		first, err := tx.repeated(by, d.ID, hash)
		switch {
		case err != nil || first != nil:
			m = first
			return err
		case shape != nil:
			return shape
		}
		return say(tx)
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// staffPlace is part of what a staff member's id stands for; a visitor has one
// thread only, and may leave the conversation out.
func staffPlace(by Author, conversation string) string {
	if by.Kind == FromStaff {
		return conversation
	}
	return ""
}

// check holds d against the protocol and makes its data canonical.
func (d *Draft) check(by AuthorKind) error {
	if utf8.RuneCountInString(d.Text) > TextMost {
		return fail.New(fail.TooLong, "fail.too_long", "Most", TextMost).On("text")
	}
	if err := d.checkData(); err != nil {
		return err
	}
	switch d.Kind {
	case Text, Note:
		if d.Kind == Note && by != FromStaff {
			return fail.New(fail.Invalid, "conversations.kind").On("kind")
		}
		if strings.TrimSpace(d.Text) == "" {
			return fail.New(fail.Invalid, "conversations.text_needed").On("text")
		}
	case Image, File:
		if d.File == "" {
			return fail.New(fail.Invalid, "conversations.file_needed").On("file")
		}
	case Product, Order:
		return d.checkCard()
	default:
		return fail.New(fail.Invalid, "conversations.kind").On("kind")
	}
	return nil
}

// checkData bounds the data and makes it canonical.
func (d *Draft) checkData() error {
	if len(d.Data) > DataMost {
		return fail.New(fail.TooLong, "fail.too_long", "Most", DataMost).On("data")
	}
	wrong := fail.New(fail.Invalid, "conversations.data_shape").On("data")
	if depth(d.Data) > depthMost {
		return wrong
	}
	data, err := canonical(d.Data)
	if err != nil {
		return wrong.Because(err)
	}
	d.Data = data
	return nil
}

// checkCard keeps of a card what its sender may say: which one. What it shows
// comes from the shop's own data.
func (d *Draft) checkCard() error {
	var card struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(d.Data, &card); err != nil || card.ID == "" || len(card.ID) > 100 {
		return fail.New(fail.Invalid, "conversations.card_needed").On("data")
	}
	raw, err := json.Marshal(card)
	d.Data = raw
	return err
}

// depth is how deep raw nests, counted without building it.
func depth(raw json.RawMessage) int {
	deepest, level, quoted, escaped := 0, 0, false, false
	for _, b := range raw {
		switch {
		case escaped:
			escaped = false
		case quoted:
			quoted, escaped = b != '"', b == '\\'
		case b == '"':
			quoted = true
		case b == '{' || b == '[':
			level++
			deepest = max(deepest, level)
		case b == '}' || b == ']':
			level--
		}
	}
	return deepest
}

// visitorsConversation is the contact's unclosed conversation, or a new one
// that is not saved yet. What a visitor names must be theirs.
func (tx *Tx) visitorsConversation(contact Speaker, named string) (*Conversation, error) {
	var customer, channel string
	var bar customers.Barring
	err := tx.query("SELECT customer, channel, blocked, blocked_until FROM contacts WHERE id = {:id}", dbx.Params{"id": contact.ContactID()}).
		Row(&customer, &channel, &bar.Blocked, &bar.Until)
	if err != nil {
		return nil, err
	}
	if err = bar.Refuse(tx.App); err != nil {
		return nil, err
	}
	if err = tx.owns(contact.ContactID(), named); err != nil {
		return nil, err
	}
	c, err := tx.unclosed(contact.ContactID())
	if err != nil || c != nil {
		return c, err
	}
	if customer == "" {
		if customer, err = customers.EnsureCustomer(tx.App, contact.ContactID()); err != nil {
			return nil, err
		}
	}
	return tx.open(contact, customer, channel)
}

// owns refuses a conversation that a contact names and that is not theirs.
func (tx *Tx) owns(contact, named string) error {
	if named == "" {
		return nil
	}
	c, err := tx.Conversation(named)
	if err != nil {
		return err
	}
	if c.Contact != contact {
		return fail.New(fail.NotFound, "fail.not_found").On("conversation")
	}
	return nil
}

// open begins a conversation, in the queue of the group that the channel leads to.
func (tx *Tx) open(contact Speaker, customer, channel string) (*Conversation, error) {
	ch, err := channels.ByID(tx.App, channel)
	if err != nil {
		return nil, err
	}
	group, err := tx.route(ch, contact.ContactID(), customer)
	if err != nil {
		return nil, err
	}
	c := &Conversation{
		ID: newID(), Contact: contact.ContactID(), Customer: customer, Channel: channel, Status: Waiting, Group: group,
		Priority: "normal", Opened: tx.Now, Queued: tx.Now, Rank: tx.Now,
	}
	if _, err = tx.event(c, System(), "", "", EventData{Event: Opened}); err != nil {
		return nil, err
	}
	if ch.Greeting() == "" {
		return c, nil
	}
	earlier, err := tx.hasSpoken(contact.ContactID())
	if err != nil || earlier {
		return c, err
	}
	return c, tx.add(c, &Message{Kind: Text, Text: ch.Greeting(), From: bot(ch)})
}

// hasSpoken reports whether there was an earlier conversation with contact: the
// greeting stands once, before the first word.
func (tx *Tx) hasSpoken(contact string) (bool, error) {
	var n int
	err := tx.query("SELECT COUNT(*) FROM (SELECT 1 FROM conversations WHERE contact = {:contact} LIMIT 1)", dbx.Params{"contact": contact}).Row(&n)
	return n > 0, err
}

// attach checks what m refers to and adds it to the timeline.
func (tx *Tx) attach(c *Conversation, m *Message, d Draft) error {
	if d.Quote != "" {
		var n int
		err := tx.query("SELECT COUNT(*) FROM messages WHERE id = {:id} AND contact = {:contact} AND (staff_only = FALSE OR {:staff})",
			dbx.Params{"id": d.Quote, "contact": c.Contact, "staff": m.From.Kind == FromStaff}).Row(&n)
		if err != nil {
			return err
		}
		if n == 0 {
			return fail.New(fail.NotFound, "fail.not_found").On("quote")
		}
		m.Quote = d.Quote
	}
	if d.File == "" {
		return tx.add(c, m)
	}
	f, err := files.ByID(tx.App, d.File)
	if err != nil {
		return fail.New(fail.FileGone, "fail.file_gone").On("file").Because(err)
	}
	if m.Kind == Image && !strings.HasPrefix(f.MIME(), "image/") {
		return fail.New(fail.Invalid, "conversations.image_needed").On("file")
	}
	m.File = d.File
	if err := tx.add(c, m); err != nil {
		return err
	}
	return files.Claim(tx.App, d.File, m.Sender, c.Contact, m.ID)
}

// said is what a visitor's message does to the conversation. An entry question
// with an answer is answered on the spot and needs nobody yet; anything else,
// a form as well, needs a person.
func (tx *Tx) said(c *Conversation, m *Message, entry *channels.Entry) error {
	c.Unread++
	c.Left = noTime
	if err := tx.wake(c, System(), OfWord); err != nil {
		return err
	}
	fresh := c.Status == WithBot || (c.Assignee == "" && c.WaitingSince.IsZero())
	if fresh && entry != nil && entry.Answer != "" && len(entry.Form) == 0 {
		return tx.answerEntry(c, entry)
	}
	if c.Status == WithBot {
		c.Status, c.Queued, c.Rank = Waiting, tx.Now, tx.Now
	}
	if c.WaitingSince.IsZero() {
		c.WaitingSince = m.Time
	}
	tx.Save(c)
	if !fresh {
		return nil
	}
	if err := tx.confirm(c, entry); err != nil {
		return err
	}
	return tx.sayClosed(c)
}
