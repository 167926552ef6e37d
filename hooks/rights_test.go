package hooks_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"

	"github.com/dianxiaoer/xiaoer/hooks"
	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/desktest/bare"
	"github.com/dianxiaoer/xiaoer/hooks/escalation"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
	"github.com/dianxiaoer/xiaoer/hooks/quickreplies"
	"github.com/dianxiaoer/xiaoer/hooks/reminders"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// What is asked of everybody, the tests of rights ask on one furnished desk: a
// person of every role, two groups, and as many conversations, customers, tags…
// as they want.

const (
	anyone, visitor, mustChange, dashboard, leaver = "anyone", "visitor", "must-change", "dashboard", "leaver"

	rightsPassword = "orange-Kettle-42"
	canaryPhone    = "13812346027"
	canaryEmail    = "canary.wang@example.com"
)

// staffRoles are the preset roles, the widest first.
var staffRoles = []string{access.Owner, access.Supervisor, access.Agent, access.PreSale, access.AfterSale, access.Complaint, access.Expert, access.ReadOnly}

// somebody calls: with a cookie, or a token, or neither.
type somebody struct {
	role, id, email string
	cookie          *http.Cookie // of staff, on our own pages and calls
	token           string       // a visitor's, the dashboard's; of staff for PocketBase's API
	contact         *customers.Contact
}

func (w *somebody) isStaff() bool { return w.cookie != nil && w.role != mustChange }

// theDesk is furnished for the tests of rights.
type theDesk struct {
	t       testing.TB
	app     *tests.TestApp
	table   *web.Table
	server  *httptest.Server
	groups  []string // pre-sale, after-sale, complaint
	channel string   // leads to the first of them
	people  map[string]*somebody
	n       int
	shared  map[string]string // things that nobody changes, by what they are
}

func furnishedDesk(t testing.TB) *theDesk {
	t.Helper()
	app := bare.Unwatched(t)
	d := &theDesk{t: t, app: app, people: map[string]*somebody{}, shared: map[string]string{}}
	d.table = hooks.Register(app, &hooks.Config{Unlimited: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	app.Settings().RateLimits.Enabled = false // PocketBase's, by address: everybody has the same here
	d.must(access.EnsureGroups(app), access.EnsureRoles(app))
	groups, err := access.Groups(app)
	d.must(err)
	for _, g := range groups {
		d.groups = append(d.groups, g.Id)
	}
	channel, err := channels.Add(app, channels.New{Name: "官网", Group: d.groups[0], Default: true})
	d.must(err)
	d.channel = channel.Id
	now := time.Now()
	clock.Set(app, func() time.Time { return now }) // nothing comes due, however long everybody takes
	d.server = desktest.Serve(t, app)
	for _, role := range staffRoles {
		d.hire(role, d.groupsOf(role))
	}
	d.hire(mustChange, nil)
	d.people[anyone] = &somebody{role: anyone}
	d.people[visitor] = d.arrive()
	d.openDashboard()
	return d
}

// openDashboard gives the dashboard a token; the owner's signing out everywhere
// ends it.
func (d *theDesk) openDashboard() {
	d.t.Helper()
	superuser, err := d.app.FindAuthRecordByEmail(core.CollectionNameSuperusers, d.people[access.Owner].email)
	d.must(err)
	token, err := superuser.NewAuthToken()
	d.must(err)
	d.people[dashboard] = &somebody{role: dashboard, token: token}
}

// groupsOf says who is where: what waits in the first group is seen by those who
// serve it, and by who sees all.
func (d *theDesk) groupsOf(role string) []string {
	switch role {
	case access.Agent, access.PreSale:
		return d.groups[:1]
	case access.AfterSale:
		return d.groups[1:2]
	case access.Complaint:
		return d.groups[2:3]
	}
	return d.groups
}

func (d *theDesk) must(errs ...error) {
	d.t.Helper()
	if err := errors.Join(errs...); err != nil {
		d.t.Fatal(err)
	}
}

func (d *theDesk) next() int { d.n++; return d.n }

// hire adds somebody who is signed in.
func (d *theDesk) hire(role string, groups []string) {
	d.t.Helper()
	n := access.Newcomer{
		Email: fmt.Sprintf("s%d@example.com", d.next()), Nickname: fmt.Sprintf("客服%d", d.n), Password: rightsPassword, Role: role, Groups: groups, Cap: 200,
	}
	switch role {
	case mustChange:
		n.Role, n.MustChange = access.Owner, true
	case leaver:
		n.Role = access.ReadOnly
	}
	s, err := access.AddStaff(d.app, nil, n)
	d.must(err)
	who := &somebody{role: role, id: s.Id, email: n.Email}
	d.people[role] = who
	d.signIn(who)
	answer := d.call(nil, http.MethodPost, "/api/collections/staff/auth-with-password", object{"identity": n.Email, "password": rightsPassword})
	var in struct{ Token string }
	_ = json.Unmarshal(answer.body, &in) // none for who must change the password
	who.token = in.Token
}

func (d *theDesk) signIn(who *somebody) {
	d.t.Helper()
	answer := d.call(nil, http.MethodPost, "/sign-in", url.Values{"identity": {who.email}, "password": {rightsPassword}})
	for _, c := range answer.cookies {
		if c.Name == "xiaoer" && c.Value != "" {
			who.cookie = c
			return
		}
	}
	d.t.Fatalf("%s cannot sign in: %d", who.role, answer.status)
}

// arrive makes a visitor.
func (d *theDesk) arrive() *somebody {
	d.t.Helper()
	c, token, _, err := customers.Arrive(d.app, customers.Arrival{Channel: d.channel})
	d.must(err)
	return &somebody{role: visitor, id: c.Id, token: token, contact: c}
}

// waiting is a fresh conversation that waits in the first group, of a customer
// whom the shop can call and write to.
func (d *theDesk) waiting() *conversations.Message {
	d.t.Helper()
	return d.asked(d.arrive())
}

func (d *theDesk) asked(who *somebody) *conversations.Message {
	d.t.Helper()
	m, err := conversations.PostAsVisitor(d.app, who.contact, conversations.Draft{ID: fmt.Sprintf("m%d", d.next()), Kind: conversations.Text, Text: "在吗"})
	d.must(err)
	phone, email := canaryPhone, canaryEmail
	_, err = customers.Edit(d.app, d.customerOf(m), customers.Change{Phone: &phone, Email: &email})
	d.must(err)
	return m
}

func (d *theDesk) customerOf(m *conversations.Message) string {
	d.t.Helper()
	c, err := conversations.ByID(d.app, m.Conversation)
	d.must(err)
	return c.Customer
}

// things are what a path names by {id}, by the path's beginning: each makes a
// fresh one.
var things = map[string]func(d *theDesk) string{
	"/admin/channels/": func(d *theDesk) string {
		c, err := channels.Add(d.app, channels.New{Name: fmt.Sprintf("渠道%d", d.next())})
		d.must(err)
		return c.Id
	},
	"/admin/tags/": func(d *theDesk) string {
		tag, err := customers.AddTag(d.app, fmt.Sprintf("标签%d", d.next()), "gold", 1)
		d.must(err)
		return tag.Id
	},
	"/admin/fields/": func(d *theDesk) string {
		f, err := customers.AddField(d.app, customers.FieldDraft{Name: fmt.Sprintf("字段%d", d.next()), Kind: customers.TextField})
		d.must(err)
		return f.Id
	},
	"/admin/escalation/": func(d *theDesk) string {
		boss, err := access.ByID(d.app, d.people[access.Owner].id)
		d.must(err)
		r, err := escalation.Add(d.app, boss, escalation.Draft{
			Name: fmt.Sprintf("规则%d", d.next()), When: escalation.When{Amount: 500}, Then: escalation.Then{Priority: "high"},
		})
		d.must(err)
		return r.Id
	},
	"/admin/quick-replies/":      func(d *theDesk) string { return d.reply().Id },
	"/api/xiaoer/quick-replies/": func(d *theDesk) string { return d.reply().Id },
	"/api/xiaoer/conversations/": func(d *theDesk) string { return d.waiting().Conversation },
	"/api/xiaoer/customers/":     func(d *theDesk) string { return d.customerOf(d.waiting()) },
	"/api/xiaoer/reminders/":     func(d *theDesk) string { return d.promised(d.waiting().Conversation) },
	"/admin/customers/":          func(d *theDesk) string { return d.customerOf(d.waiting()) },
	"/desk/customers/":           func(d *theDesk) string { return d.customerOf(d.waiting()) },
	"/admin/staff/":              func(d *theDesk) string { return d.newcomer(access.ReadOnly) },
	"/api/xiaoer/staff/":         func(d *theDesk) string { return d.newcomer(access.Agent) },
	"/admin/roles/": func(d *theDesk) string {
		r, err := access.AddRole(d.app, nil, fmt.Sprintf("角色%d", d.next()), nil)
		d.must(err)
		return r.Id
	},
	"/admin/robots/": func(d *theDesk) string {
		b, err := notices.Add(d.app, notices.Draft{Name: "主管", Kind: notices.Mail, Address: fmt.Sprintf("r%d@example.com", d.next())})
		d.must(err)
		return b.Id
	},
	"/admin/groups/": func(d *theDesk) string {
		g, err := access.AddGroup(d.app, nil, access.GroupDraft{Name: fmt.Sprintf("组%d", d.next())})
		d.must(err)
		return g.Id
	},
}

func (d *theDesk) newcomer(role string) string {
	d.t.Helper()
	s, err := access.AddStaff(d.app, nil, access.Newcomer{
		Email: fmt.Sprintf("n%d@example.com", d.next()), Nickname: fmt.Sprintf("新人%d", d.n), Password: rightsPassword, Role: role,
	})
	d.must(err)
	return s.Id
}

func (d *theDesk) reply() *quickreplies.QuickReply {
	d.t.Helper()
	boss, err := access.ByID(d.app, d.people[access.Owner].id)
	d.must(err)
	q, err := quickreplies.Add(d.app, boss, quickreplies.Draft{Code: fmt.Sprintf("c%d", d.next()), Text: "您好", Scope: quickreplies.Shop})
	d.must(err)
	return q
}

// promised is a promise to the customer of a conversation, with their number in it.
func (d *theDesk) promised(conversation string) string {
	d.t.Helper()
	boss, err := access.ByID(d.app, d.people[access.Owner].id)
	d.must(err)
	r, err := reminders.Add(d.app, boss, reminders.Promise{
		ID: fmt.Sprintf("p%d", d.next()), Conversation: conversation, Text: "明天打 " + canaryPhone + " 答复", Due: time.Now().Add(time.Hour),
	})
	d.must(err)
	return r.Id
}

// thing is what {id} stands for in a route: a fresh one where the call may
// change it, one for all where it cannot.
func (d *theDesk) thing(path string, fresh bool) string {
	d.t.Helper()
	for prefix, create := range things {
		if !strings.HasPrefix(path, prefix+"{") {
			continue
		}
		if fresh {
			return create(d)
		}
		if d.shared[prefix] == "" {
			d.shared[prefix] = create(d)
		}
		return d.shared[prefix]
	}
	return "nonenonenonenon"
}

type object = map[string]any

// answered is what a call got.
type answered struct {
	status  int
	header  http.Header
	cookies []*http.Cookie
	body    []byte
}

// call calls as who, nil for a stranger: staff by cookie from our own pages, all
// others by token.
func (d *theDesk) call(who *somebody, method, path string, in any, header ...string) answered {
	d.t.Helper()
	r := d.request(method, path, in)
	switch {
	case who == nil || who.role == anyone:
	case who.cookie != nil && !strings.HasPrefix(path, "/api/") || who.cookie != nil && strings.HasPrefix(path, "/api/xiaoer/"):
		r.AddCookie(who.cookie)
		r.Header.Set("Origin", d.server.URL)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	case who.token != "":
		r.Header.Set("Authorization", "Bearer "+who.token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return d.send(r)
}

func (d *theDesk) send(r *http.Request) answered {
	d.t.Helper()
	answer, err := d.server.Client().Do(r)
	d.must(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	d.must(err)
	return answered{answer.StatusCode, answer.Header, answer.Cookies(), body}
}

// upload is a multipart body.
type upload map[string]string

func (d *theDesk) request(method, path string, in any) *http.Request {
	d.t.Helper()
	var body bytes.Buffer
	kind := "application/json"
	switch v := in.(type) {
	case nil:
		kind = ""
	case url.Values:
		kind = "application/x-www-form-urlencoded"
		body.WriteString(v.Encode())
	case upload:
		w := multipart.NewWriter(&body)
		for name, value := range v {
			d.must(w.WriteField(name, value))
		}
		part, err := w.CreateFormFile("file", "a.png")
		d.must(err, png.Encode(part, image.NewRGBA(image.Rect(0, 0, 4, 4))), w.Close())
		kind = w.FormDataContentType()
	default:
		d.must(json.NewEncoder(&body).Encode(in))
	}
	r, err := http.NewRequestWithContext(d.t.Context(), method, d.server.URL+path, &body)
	d.must(err)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	return r
}

// line is a socket of somebody's.
type line struct {
	ws     *websocket.Conn
	code   int     // that it was closed with, 0 while it is open
	frames []frame // heard so far
}

type frame = map[string]any

// dial connects who and says hello. It returns once the server is ready, or has
// hung up.
func (d *theDesk) dial(who *somebody, header http.Header) *line {
	d.t.Helper()
	if header == nil {
		header = http.Header{}
	}
	hello := frame{"type": "hello"}
	switch {
	case who.cookie != nil:
		header.Set("Cookie", who.cookie.Name+"="+who.cookie.Value)
		if header.Get("Origin") == "" {
			header.Set("Origin", d.server.URL)
		}
	case who.token != "":
		hello["token"] = who.token
	}
	dialer := websocket.Dialer{Subprotocols: []string{"xiaoer.v1"}}
	ws, _, err := dialer.DialContext(d.t.Context(), strings.Replace(d.server.URL, "http", "ws", 1)+"/ws", header)
	d.must(err)
	d.t.Cleanup(func() { _ = ws.Close() })
	l := &line{ws: ws}
	d.must(ws.WriteJSON(hello))
	l.until("ready")
	return l
}

// until reads up to a frame of the type, or the end.
func (l *line) until(kind string) frame {
	_ = l.ws.SetReadDeadline(time.Now().Add(10 * time.Second))
	for {
		var f frame
		if err := l.ws.ReadJSON(&f); err != nil {
			l.code = -1
			if closed, ok := errors.AsType[*websocket.CloseError](err); ok {
				l.code = closed.Code
			}
			return nil
		}
		l.frames = append(l.frames, f)
		if f["type"] == kind {
			return f
		}
	}
}

// say gives a command and returns what was answered to it, nil for nothing: the
// ping behind it is answered after.
func (l *line) say(f frame) frame {
	place := len(l.frames)
	if l.ws.WriteJSON(f) != nil || f["type"] != "ping" && l.ws.WriteJSON(frame{"type": "ping"}) != nil || l.until("pong") == nil {
		return nil
	}
	for _, answer := range l.frames[place:] {
		switch answer["type"] {
		case "ack", "refused", "retry":
			return answer
		}
	}
	return nil
}
