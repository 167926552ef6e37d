package protocol

import (
	"encoding/json"
	"log/slog"
	"slices"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/files"
	"github.com/dianxiaoer/xiaoer/hooks/mask"
	"github.com/dianxiaoer/xiaoer/hooks/reminders"
)

// message renders m for one reader.
func (d *desk) message(m *conversations.Message, to *caller) *message {
	return d.render(m, d.attachment(m.File), to)
}

// attachment is the file that an entry carries; nil for none, and for one that
// is missing.
func (d *desk) attachment(id string) *files.File {
	if id == "" {
		return nil
	}
	f, err := files.ByID(d.app, id)
	if err != nil {
		slog.Error("attachment", "file", id, "error", err)
		return nil
	}
	return f
}

// render is [desk.message] with the attachment at hand: it reads nothing, so
// that it can be done while a session is locked.
func (d *desk) render(m *conversations.Message, attached *files.File, to *caller) *message {
	cursor, err := conversations.Cursor(d.app, m.Seq)
	if err != nil {
		slog.Error("cursor", "error", err)
	}
	out := &message{
		ID: m.ID, Cursor: cursor, Conversation: m.Conversation, Time: clock.Wire(m.Time), Kind: m.Kind,
		From: d.author(m.From), Text: m.Text, Data: m.Data, Quote: m.Quote, Recalled: m.Recalled,
	}
	if to.wrote(m) {
		out.ClientID = m.ClientID
	}
	if m.Kind == conversations.Event && to.isVisitor() {
		out.Data = visitorEvent(m)
	}
	switch {
	case attached != nil:
		out.File = d.link(attached, to)
	case m.File != "":
		out.File = &file{ID: m.File}
	}
	return out
}

// visitorEvent is what a visitor may know of an event.
func visitorEvent(m *conversations.Message) json.RawMessage {
	e := m.Event()
	out := conversations.EventData{Event: e.Event, Message: e.Message, Score: e.Score, WasScore: e.WasScore, Resolved: e.Resolved, Comment: e.Comment}
	if e.Staff != nil {
		out.Staff = &conversations.Named{Name: e.Staff.Name}
	}
	if e.Group != nil {
		out.Group = &conversations.Named{Name: e.Group.Name}
	}
	raw, err := json.Marshal(out)
	if err != nil {
		return nil
	}
	return raw
}

// author adds the present avatar to the name as it was.
func (d *desk) author(a conversations.Author) author {
	out := author{Kind: a.Kind, ID: a.ID, Name: a.Name}
	if a.Kind != conversations.FromStaff {
		return out
	}
	if p, err := access.ByID(d.app, a.ID); err == nil {
		out.Avatar = p.Avatar
	}
	return out
}

func (d *desk) link(f *files.File, to *caller) *file {
	return &file{
		ID: f.Id, URL: files.URL(d.app, f.Id, to.key(), time.Now()), Name: f.Name(), MIME: f.MIME(), Size: f.Size(),
		Width: f.Width(), Height: f.Height(),
	}
}

// conversationFor renders c for one reader.
func (d *desk) conversationFor(c *conversations.Conversation, to *caller) any {
	if to.isVisitor() {
		return d.forVisitor(c)
	}
	return d.forStaff(c)
}

func (d *desk) forVisitor(c *conversations.Conversation) *visitorConversation {
	return d.forVisitorAt(c, d.position(c))
}

// forVisitorAt is [desk.forVisitor] for whose place is known.
func (d *desk) forVisitorAt(c *conversations.Conversation, place int) *visitorConversation {
	out := &visitorConversation{ID: c.ID, Status: statusToVisitor(c), Position: place, Read: d.readTo(c, c.ReadStaff, true)}
	if p, err := access.ByID(d.app, c.Assignee); c.Assignee != "" && err == nil {
		out.Assignee = &server{Name: p.Nickname, Avatar: p.Avatar}
	}
	return out
}

// statusToVisitor is where a conversation stands to its visitor: what was put
// aside is served as before.
func statusToVisitor(c *conversations.Conversation) conversations.Status {
	if c.Status == conversations.Later {
		return conversations.Open
	}
	return c.Status
}

func (d *desk) position(c *conversations.Conversation) int {
	n, err := conversations.Position(d.app, c)
	if err != nil {
		slog.Error("place in the queue", "error", err)
	}
	return n
}

func (d *desk) forStaff(c *conversations.Conversation) *staffConversation {
	out := &staffConversation{
		ID: c.ID, Contact: d.contact(c), Channel: d.channel(c.Channel), Status: c.Status, Priority: c.Priority, Tags: d.tags(c.Tags),
		Unread: c.Unread, WaitingSince: clock.Wire(c.WaitingSince), Position: d.position(c), Rank: clock.Wire(c.Rank), Last: c.Last, Opened: clock.Wire(c.Opened),
		Closed: clock.Wire(c.Closed), Rating: c.Rating, Assignee: d.staff(c.Assignee), Group: d.group(c.Group),
	}
	out.ReadVisitor = d.readTo(c, c.ReadVisitor, false)
	out.ReadStaff = d.readTo(c, c.ReadStaff, false)
	out.Owner, out.Night, out.Left, out.Emotion, out.Deadlines = d.staff(c.Owner), c.Night, clock.Wire(c.Left), c.Emotion, deadlines(c)
	out.LaterUntil, out.MarkedUnread = clock.Wire(c.LaterUntil), c.UnreadAfter > 0
	if c.Preferred != nil {
		out.Preferred = &preferred{Staff: d.staff(c.Preferred.Staff), Why: c.Preferred.Why, Until: clock.Wire(c.Preferred.Until)}
	}
	promised, err := reminders.OfConversation(d.app, c)
	if err != nil {
		slog.Error("promises", "error", err)
	}
	for _, r := range promised {
		out.Promised = append(out.Promised, reminders.Show(d.app, r))
	}
	return out
}

func deadlines(c *conversations.Conversation) []deadline {
	list := make([]deadline, len(c.Deadlines))
	for i, one := range c.Deadlines {
		list[i] = deadline{
			Kind: one.Kind, Began: clock.Wire(one.Began), Amber: clock.Wire(one.Amber), Warn: clock.Wire(one.Warn), Due: clock.Wire(one.Due),
			Rest: one.Rest.Milliseconds(), Stage: one.Stage,
		}
	}
	return list
}

// readTo is the cursor of a read mark: of the entry that it stands at or after,
// because a reader can only look for entries that they know.
func (d *desk) readTo(c *conversations.Conversation, seq int64, forVisitor bool) string {
	if seq == 0 {
		return ""
	}
	at, err := conversations.EntryAt(d.app, c.ID, seq, forVisitor)
	if err != nil {
		slog.Error("read mark", "error", err)
	}
	return d.mark(at)
}

func (d *desk) mark(seq int64) string {
	if seq == 0 {
		return ""
	}
	cursor, err := conversations.Cursor(d.app, seq)
	if err != nil {
		slog.Error("cursor", "error", err)
	}
	return cursor
}

func (d *desk) contact(c *conversations.Conversation) *contact {
	out := &contact{ID: c.Contact, Customer: c.Customer, Online: d.hub.Count(thread(c.Contact)) > 0}
	who, err := customers.ShownOf(d.app, c.Contact, c.Customer)
	if err != nil {
		slog.Error("contact", "error", err)
		return out
	}
	out.Name, out.Avatar, out.Identity, out.Level = who.Name, who.Avatar, mask.Within(who.Identity), who.Level
	if p := who.Page; p.URL != "" {
		out.Page = &page{URL: mask.Within(p.URL), Title: mask.Within(p.Title), Kind: p.Kind, Since: clock.Wire(p.Since)}
	}
	if b := who.Block; b.Holds(clock.Now(d.app)) {
		out.Blocked = &block{Reason: b.Reason, Staff: d.staff(b.Staff), Since: clock.Wire(b.Since), Until: clock.Wire(b.Until)}
	}
	return out
}

func (d *desk) channel(id string) *channel {
	ch, err := channels.Known(d.app, id)
	if err != nil {
		return &channel{ID: id}
	}
	return &channel{ID: id, Kind: string(ch.Kind()), Name: ch.Name()}
}

func (d *desk) staff(id string) *named {
	if id == "" {
		return nil
	}
	p, err := access.ByID(d.app, id)
	if err != nil {
		return &named{ID: id, Name: id}
	}
	return &named{ID: id, Name: p.Nickname, Avatar: p.Avatar}
}

func (d *desk) group(id string) *named {
	if id == "" {
		return nil
	}
	g, err := access.GroupBy(d.app, id)
	if err != nil {
		return &named{ID: id, Name: id}
	}
	return &named{ID: id, Name: g.Name()}
}

func (d *desk) tags(ids []string) []tag {
	out := []tag{}
	if len(ids) == 0 {
		return out
	}
	all, err := customers.AllTags(d.app)
	if err != nil {
		slog.Error("tags", "error", err)
	}
	for _, t := range all {
		if slices.Contains(ids, t.Id) {
			out = append(out, tag{ID: t.Id, Name: t.Name(), Colour: t.Colour()})
		}
	}
	return out
}

func (d *desk) messages(list []*conversations.Message, to *caller) []*message {
	out := make([]*message, len(list))
	for i, m := range list {
		out[i] = d.message(m, to)
	}
	return out
}
