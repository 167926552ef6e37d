package protocol

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/limits"
	"github.com/dianxiaoer/xiaoer/hooks/live"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

const (
	pageOfMissed = 100  // entries read at once while catching up
	tooFar       = 2000 // entries that staff may be behind

	// staffMost is what may wait for staff, in bytes: they hear of everybody's words,
	// and a full commit alone is a quarter of it.
	staffMost = 1 << 20
)

// door is what a connection brought along before it said hello.
type door struct {
	origin string         // "" where the peer sent none
	own    bool           // the server's own origin
	person *access.Person // by the cookie, which speaks only from our own pages
	why    error          // why the cookie says nobody
	lang   string
}

// socket answers GET /ws.
func (d *desk) socket(e *core.RequestEvent) error {
	at := &door{origin: e.Request.Header.Get("Origin"), lang: web.Language(e)}
	at.own = at.origin != "" && sameOrigin(at.origin, e.Request)
	if at.own {
		at.person, at.why = access.ByCookie(d.app, e.Request)
	}
	address := web.Address(e)
	d.hub.Accept(e.Response, e.Request, func(s *live.Session) {
		s.Address, s.Exempt, s.Peer = address, d.exempt.Has(address), at
	})
	return nil
}

// sameOrigin compares host and port. Behind a proxy that ends TLS the scheme
// seen here is not the browser's.
func sameOrigin(origin string, r *http.Request) bool {
	u, err := url.Parse(origin)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && strings.EqualFold(u.Host, r.Host)
}

// hello is a client's first frame.
type hello struct {
	Token  *string         `json:"token"`
	Cursor json.RawMessage `json:"cursor"`
	Lang   any             `json:"lang"`
}

// cursor is the place to continue from; "" for none. One of another type than a
// string is none of ours and is reset like any such: saying 4401 would make the
// client throw its token away.
func (h hello) cursor() string {
	var cursor *string
	if err := json.Unmarshal(h.Cursor, &cursor); err != nil && len(h.Cursor) > 0 {
		return string(h.Cursor)
	}
	if cursor == nil {
		return ""
	}
	return *cursor
}

// greet answers the hello: who it is, what was missed, ready.
func (d *desk) greet(s *live.Session, h hello) {
	at, ok := s.Peer.(*door)
	if !ok || !s.Greeted() {
		s.Close(live.Malformed, "second hello")
		return
	}
	who, err := d.identify(at, h)
	if err != nil {
		s.Close(goodbye(err))
		return
	}
	began := who.person.Load()
	if began != nil {
		who.person.Store(began.At(s.Address))
		s.Allow(staffMost)
	}
	if who.isVisitor() {
		free, ok := d.inForce().sockets.Take(limits.AddressKey(s.Address))
		if !ok && !s.Exempt {
			s.Close(live.Flooding, "60")
			return
		}
		who.leave = free
	}
	s.Peer = who
	d.follow(s, who)
	if err := d.still(who); err != nil {
		s.Close(goodbye(err))
		return
	}
	if err := d.catchUp(s, who, h.cursor()); err != nil {
		d.app.Logger().Error("catching up", "error", err)
		s.Close(live.Restart, "")
		return
	}
	if who.isVisitor() {
		d.tellHow(s, who)
	} else {
		d.hideMoved(s, began, who.person.Load())
	}
}

// still refuses whose sign-in has ended between the upgrade and the moment from
// which on the session hears of it, and gives who stays the rights of that moment;
// what [desk.refresh] has read meanwhile is newer.
func (d *desk) still(who *caller) error {
	if who.isVisitor() {
		return nil
	}
	old := who.person.Load()
	fresh, err := access.Refresh(d.app, old)
	if err == nil {
		who.person.CompareAndSwap(old, fresh.At(old.Address))
	}
	return err
}

// goodbye is how a socket is closed for err.
func goodbye(err error) (live.CloseCode, string) {
	if errors.Is(err, access.ErrElsewhere) {
		return live.Elsewhere, "signed in elsewhere"
	}
	switch fail.Of(err).Kind {
	case fail.Forbidden:
		return live.Origin, "origin not allowed"
	case fail.Unauthorized:
		return live.Unauthorized, "sign in"
	default:
		return live.Restart, ""
	}
}

// identify finds out who says hello. The cookie speaks where no token does.
func (d *desk) identify(at *door, h hello) (*caller, error) {
	lang := at.lang
	if wish, ok := h.Lang.(string); ok && wish != "" {
		lang = locale.Match(wish)
	}
	if h.Token == nil {
		if at.why != nil {
			return nil, at.why
		}
		if at.person == nil {
			return nil, fail.New(fail.Unauthorized, "fail.unauthorized")
		}
		return asStaff(at.person, lang), nil
	}
	c, session, err := customers.BySession(d.app, *h.Token)
	if err == nil {
		return asVisitor(c, session, lang), d.allowed(at, c.Channel())
	}
	if fail.Of(err).Kind != fail.Unauthorized {
		return nil, err
	}
	p, err := access.ByToken(d.app, *h.Token)
	if err != nil {
		return nil, err
	}
	if at.origin != "" && !at.own {
		return nil, fail.New(fail.Forbidden, "fail.forbidden")
	}
	return asStaff(p, lang), nil
}

// allowed refuses a foreign origin that the channel does not list.
func (d *desk) allowed(at *door, channel string) error {
	if at.origin == "" || at.own {
		return nil
	}
	ch, err := channels.ByID(d.app, channel)
	if err != nil {
		return err
	}
	if !ch.Allows(at.origin) {
		return fail.New(fail.Forbidden, "fail.forbidden")
	}
	return nil
}

// follow lets s hear what is for its peer. It does before catching up, so that
// nothing falls in between.
func (d *desk) follow(s *live.Session, who *caller) {
	if who.isVisitor() {
		d.hub.Follow(s, thread(who.contact.id))
		if d.hub.Count(thread(who.contact.id)) == 1 {
			d.tellOnline(who.contact.id)
		}
		return
	}
	id := who.person.Load().ID
	d.hub.Follow(s, everybody)
	d.hub.Follow(s, colleague(id))
	routing.Connected(d.app, id)
}

// Gone implements [live.Handler].
func (d *desk) Gone(s *live.Session) {
	who := peerOf(s)
	switch {
	case who == nil:
	case who.isVisitor():
		who.leave()
		if d.hub.Count(thread(who.contact.id)) == 0 {
			d.tellOnline(who.contact.id)
		}
	default:
		routing.Disconnected(d.app, who.person.Load().ID)
		if who.viewing() != "" {
			d.view(s, who, "")
		}
	}
}

// catchUp sends what was missed since cursor, then ready.
func (d *desk) catchUp(s *live.Session, who *caller, cursor string) error {
	span, err := conversations.Extent(d.app)
	if err != nil {
		return err
	}
	from, why, err := d.from(who, cursor, span)
	if err != nil {
		return err
	}
	if why != "" {
		s.Send(frame{Type: typeReset, Reason: why}.bytes())
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	position, changed := from, from
	for {
		if span, err = conversations.Extent(d.app); err != nil {
			return err
		}
		if position, err = d.sendMissed(ctx, s, who, position); err != nil {
			return err
		}
		if changed, err = d.sendChanged(ctx, s, who, changed, from); err != nil {
			return err
		}
		if position < 0 || changed < 0 { // left, or so slow that it had better begin anew from where it is
			s.Close(live.Slow, "too slow")
			return nil
		}
		position = max(position, span.Head)
		ready, err := d.ready(who, position)
		if err != nil {
			return err
		}
		if s.CaughtUp(position, ready) {
			return nil
		}
	}
}

// from is the number that a client continues after, or why it cannot.
func (d *desk) from(who *caller, cursor string, span conversations.Span) (seq int64, why string, err error) {
	if cursor == "" {
		return span.Head, "", nil
	}
	seq, err = conversations.Seq(d.app, cursor)
	switch {
	case errors.Is(err, conversations.ErrOtherEpoch):
		return span.Head, "restored", nil
	case err != nil:
		return 0, "", err
	case seq > span.Head:
		return span.Head, "future", nil
	case seq < span.Floor:
		return span.Head, "expired", nil
	case who.isVisitor():
		return seq, "", nil
	}
	far, err := conversations.FartherThan(d.app, seq, tooFar)
	if far {
		return span.Head, "too_far", err
	}
	return seq, "", err
}

// sendMissed sends the entries after position, page by page at the peer's pace,
// and returns the last number read; below 0 where the peer has left.
func (d *desk) sendMissed(ctx context.Context, s *live.Session, who *caller, position int64) (int64, error) {
	for {
		list, err := d.missed(who, position)
		if err != nil {
			return 0, err
		}
		seen, err := d.mayHear(who, list)
		if err != nil {
			return 0, err
		}
		for _, m := range list {
			if seen(m) && !s.Paced(ctx, frame{Type: typeMessage, Message: d.message(m, who)}.bytes()) {
				return -1, nil
			}
			position = m.Seq
		}
		if len(list) < pageOfMissed {
			return position, nil
		}
	}
}

func (d *desk) missed(who *caller, position int64) ([]*conversations.Message, error) {
	if who.isVisitor() {
		return conversations.MissedByVisitor(d.app, who.contact.id, position, pageOfMissed)
	}
	return conversations.Missed(d.app, position, pageOfMissed)
}

// mayHear tells which of the entries are for who: for staff those of
// conversations that they may see now.
func (d *desk) mayHear(who *caller, list []*conversations.Message) (func(*conversations.Message) bool, error) {
	if who.isVisitor() {
		return func(*conversations.Message) bool { return true }, nil
	}
	visible := map[string]bool{}
	for _, m := range list {
		if _, known := visible[m.Conversation]; known {
			continue
		}
		c, err := conversations.ByID(d.app, m.Conversation)
		if err != nil {
			return nil, err
		}
		visible[c.ID] = conversations.Visible(who.person.Load(), c)
	}
	return func(m *conversations.Message) bool { return visible[m.Conversation] }, nil
}

// sendChanged sends each conversation whose state has changed after the number
// changed, and returns the newest such; below 0 where the peer has left.
func (d *desk) sendChanged(ctx context.Context, s *live.Session, who *caller, changed, from int64) (int64, error) {
	mine := ""
	if who.isVisitor() {
		mine = who.contact.id
	}
	for {
		list, err := conversations.ChangedSince(d.app, changed, mine, pageOfMissed)
		if err != nil {
			return 0, err
		}
		for _, c := range list {
			changed = c.Rev
			raw, err := d.changedFrame(who, c, from)
			if err != nil {
				return 0, err
			}
			if raw != nil && !s.Paced(ctx, raw) {
				return -1, nil
			}
		}
		if len(list) < pageOfMissed {
			return changed, nil
		}
	}
}

// changedFrame is what who is told of c; "gone" where it was theirs to see at
// from and is no longer; nil where it never was.
func (d *desk) changedFrame(who *caller, c *conversations.Conversation, from int64) ([]byte, error) {
	if who.isVisitor() || conversations.Visible(who.person.Load(), c) {
		return frame{Type: typeConversation, Conversation: d.conversationFor(c, who)}.bytes(), nil
	}
	left, err := conversations.LeftAfter(d.app, c.ID, from, who.person.Load())
	if err != nil || !left {
		return nil, err
	}
	return goneFrame(c.ID), nil
}

// ready says that the stream is whole up to position.
func (d *desk) ready(who *caller, position int64) ([]byte, error) {
	cursor, err := conversations.Cursor(d.app, position)
	if err != nil {
		return nil, err
	}
	f := frame{Type: typeReady, Cursor: cursor, Heartbeat: int(live.Heartbeat / time.Second), Now: time.Now().UnixMilli()}
	if who.isVisitor() {
		f.You = author{Kind: conversations.FromVisitor, ID: who.contact.id, Name: who.contact.Name()}
		c, err := conversations.Latest(d.app, who.contact.id)
		if err != nil {
			return nil, err
		}
		if c != nil && c.Status != conversations.Closed {
			f.Conversation = d.forVisitor(c)
		}
		return f.bytes(), nil
	}
	p := who.person.Load()
	f.You = you{author: author{Kind: conversations.FromStaff, ID: p.ID, Name: p.Nickname, Avatar: p.Avatar}, Presence: routing.Presence(d.app, p)}
	return f.bytes(), nil
}

// you is who a member of staff is.
type you struct {
	author
	Presence routing.Status `json:"presence"`
}
