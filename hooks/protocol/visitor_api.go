package protocol

import (
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/limits"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

const keyCaller = "xiaoer.caller"

// bearer is the token of the Authorization header; nil without one.
func bearer(r *http.Request) *string {
	header := r.Header.Get("Authorization")
	if header == "" {
		return nil
	}
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		token = ""
	}
	token = strings.TrimSpace(token)
	return &token
}

// admitVisitor guards what is for visitors.
func (d *desk) admitVisitor(e *core.RequestEvent) error {
	token := bearer(e.Request)
	if token == nil {
		return fail.New(fail.Unauthorized, "fail.unauthorized")
	}
	c, session, err := customers.BySession(d.app, *token)
	if err != nil {
		return err
	}
	if err := d.originAllowed(e, c.Channel()); err != nil {
		return err
	}
	e.Set(keyCaller, asVisitor(c, session, web.Language(e)))
	return nil
}

func (d *desk) originAllowed(e *core.RequestEvent, channel string) error {
	origin := e.Request.Header.Get("Origin")
	return d.allowed(&door{origin: origin, own: origin != "" && sameOrigin(origin, e.Request)}, channel)
}

func visitor(e *core.RequestEvent) *caller {
	c, _ := e.Get(keyCaller).(*caller)
	return c
}

// arriving is the body of POST /api/xiaoer/visitor.
type arriving struct {
	Channel  string             `json:"channel"`
	Page     *page              `json:"page"`
	Identity *channels.Identity `json:"identity"`
	Lang     string             `json:"lang"`
}

// arrival is its answer.
type arrival struct {
	Token        string               `json:"token"`
	Contact      author               `json:"contact"`
	Channel      visitorChannel       `json:"channel"`
	Conversation *visitorConversation `json:"conversation,omitempty"`
	Rate         string               `json:"rate,omitempty"` // id of a conversation to be rated
	Messages     []*message           `json:"messages"`
	Cursor       string               `json:"cursor"`
}

// visitorChannel is what a visitor knows of the channel.
type visitorChannel struct {
	ID            string         `json:"id"`
	Name          string         `json:"name"`
	Greeting      string         `json:"greeting"`
	Colours       colours        `json:"colours"`
	Hours         openingHours   `json:"hours"`
	Entries       []visitorEntry `json:"entries"`
	TypingPreview bool           `json:"typing_preview"`
}

type colours struct {
	Brand string `json:"brand"`
}

// openingHours tells whether somebody is there now, and from when if not.
type openingHours struct {
	Open bool   `json:"open"`
	Next string `json:"next,omitempty"`
}

type visitorEntry struct {
	ID    string         `json:"id"`
	Text  string         `json:"text"`
	Kinds []string       `json:"kinds,omitempty"`
	Form  []visitorField `json:"form,omitempty"`
}

// visitorField is a field of a question's form.
type visitorField struct {
	channels.Field
	Most int `json:"most"` // characters
}

func (d *desk) arrive(e *core.RequestEvent) error {
	in, err := web.Body[arriving](e)
	if err != nil {
		return err
	}
	token := bearer(e.Request)
	if token == nil {
		if err = d.mayEnter(e, in.Channel); err != nil {
			return err
		}
	}
	a := customers.Arrival{Bearer: token, Channel: in.Channel, Identity: in.Identity, Lang: in.Lang}
	if in.Page != nil {
		a.Page = &customers.Page{URL: in.Page.URL, Title: in.Page.Title, Kind: in.Page.Kind, Referrer: in.Page.Referrer}
	}
	c, fresh, session, err := customers.Arrive(d.app, a)
	if err != nil {
		return err
	}
	if err = d.originAllowed(e, c.Channel()); err != nil {
		return err
	}
	lang := web.Language(e)
	if in.Lang != "" {
		lang = locale.Match(in.Lang)
	}
	answer, err := d.welcome(asVisitor(c, session, lang))
	if err != nil {
		return err
	}
	answer.Token = fresh
	if token != nil {
		d.tellOnline(c.Id) // staff see the page, and who it turned out to be
	}
	return e.JSON(http.StatusOK, answer)
}

// mayEnter refuses a new visitor from an address that has brought too many, or
// from a site that the channel does not list.
func (d *desk) mayEnter(e *core.RequestEvent, channel string) error {
	if !d.free(e) {
		if err := within(d.inForce().arrivals, limits.AddressKey(web.Address(e)), 1); err != nil {
			return err
		}
	}
	ch, err := channels.Find(d.app, channel)
	if err != nil {
		return err
	}
	return d.originAllowed(e, ch.Id)
}

// welcome is what a visitor needs to show the thread. The cursor is read before
// the messages: what comes in between is sent again and merged, never missed.
func (d *desk) welcome(who *caller) (*arrival, error) {
	c := who.contact
	span, err := conversations.Extent(d.app)
	if err != nil {
		return nil, err
	}
	list, err := conversations.ThreadForVisitor(d.app, c.id, 1<<62)
	if err != nil {
		return nil, err
	}
	ch, err := channels.ByID(d.app, c.channel)
	if err != nil {
		return nil, err
	}
	cursor, err := conversations.Cursor(d.app, span.Head)
	if err != nil {
		return nil, err
	}
	out := &arrival{
		Contact:  author{Kind: conversations.FromVisitor, ID: c.id, Name: c.nameIn(who.lang)},
		Messages: d.messages(list, who), Cursor: cursor,
	}
	latest, err := conversations.Latest(d.app, c.id)
	if err != nil {
		return nil, err
	}
	group := ch.Group()
	if latest != nil && latest.Status != conversations.Closed {
		out.Conversation, group = d.forVisitor(latest), latest.Group
	}
	out.Channel = d.describeChannel(ch, group)
	rate, err := conversations.ToRate(d.app, c.id, clock.Now(d.app))
	if err != nil {
		return nil, err
	}
	if rate != nil && c.barring.Refuse(d.app) == nil {
		out.Rate = rate.ID
	}
	return out, nil
}

// describeChannel tells when those answer whom the visitor would reach by ch.
func (d *desk) describeChannel(ch *channels.Channel, group string) visitorChannel {
	now, open := clock.Now(d.app), conversations.HoursOf(d.app, group, ch.Id)
	out := visitorChannel{
		ID: ch.Id, Name: ch.Name(), Greeting: ch.Greeting(), Colours: colours{Brand: ch.Colour()}, TypingPreview: ch.TypingPreview(),
		Hours: openingHours{Open: open.Open(now)}, Entries: []visitorEntry{},
	}
	if out.Colours.Brand == "" {
		out.Colours.Brand = settings.ShopOf(d.app).Colour
	}
	if !out.Hours.Open {
		out.Hours.Next = clock.Wire(open.NextOpen(now))
	}
	for _, e := range ch.Entries() {
		entry := visitorEntry{ID: e.ID, Text: e.Text, Kinds: e.Kinds}
		for _, f := range e.Form {
			entry.Form = append(entry.Form, visitorField{Field: f, Most: f.Most()})
		}
		out.Entries = append(out.Entries, entry)
	}
	return out
}

// page of history with the cursor at which it is true.
type history struct {
	Messages []*message `json:"messages"`
	Cursor   string     `json:"cursor"`
}

func (d *desk) visitorMessages(e *core.RequestEvent) error {
	who := visitor(e)
	return d.answerHistory(e, who, func(before int64) ([]*conversations.Message, error) {
		return conversations.ThreadForVisitor(d.app, who.contact.id, before)
	})
}

// answerHistory answers a page of entries before the request's cursor.
func (d *desk) answerHistory(e *core.RequestEvent, who *caller, load func(before int64) ([]*conversations.Message, error)) error {
	before, err := conversations.Before(d.app, e.Request.URL.Query().Get("before"))
	if err != nil {
		return err
	}
	cursor, err := d.head()
	if err != nil {
		return err
	}
	list, err := load(before)
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, history{Messages: d.messages(list, who), Cursor: cursor})
}

// head is the cursor of the timeline's end.
func (d *desk) head() (string, error) {
	span, err := conversations.Extent(d.app)
	if err != nil {
		return "", err
	}
	return conversations.Cursor(d.app, span.Head)
}

func (d *desk) visitorSend(e *core.RequestEvent) error {
	in, err := web.Body[sending](e)
	if err != nil {
		return err
	}
	who := visitor(e)
	m, err := d.post(who, d.free(e), in.draft())
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, map[string]*message{"message": d.message(m, who)})
}

func (d *desk) rate(e *core.RequestEvent) error {
	if err := visitor(e).contact.barring.Refuse(d.app); err != nil {
		return err
	}
	in, err := web.Body[struct {
		Conversation string `json:"conversation"`
		Score        int    `json:"score"`
		Resolved     *bool  `json:"resolved"`
		Comment      string `json:"comment"`
	}](e)
	if err != nil {
		return err
	}
	r := conversations.Rating{Score: in.Score, Resolved: in.Resolved, Comment: in.Comment}
	if err := conversations.Rate(d.app, visitor(e).contact, in.Conversation, r); err != nil {
		return err
	}
	return e.NoContent(http.StatusNoContent)
}
