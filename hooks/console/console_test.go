package console_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
)

const password = "orange-Kettle-42"

// shop is a running desk with a channel, groups and roles.
type shop struct {
	t      *testing.T
	app    *tests.TestApp
	server *httptest.Server
	group  string
}

func open(t *testing.T, before ...func(core.App) error) *shop {
	t.Helper()
	app := desktest.New(t)
	for _, prepare := range before {
		if err := prepare(app); err != nil {
			t.Fatal(err)
		}
	}
	cheapPasswords(t, app)
	for _, err := range []error{access.EnsureGroups(app), access.EnsureRoles(app)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	groups, err := access.Groups(app)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := channels.Add(app, channels.New{Name: "官网", Group: groups[0].Id}); err != nil {
		t.Fatal(err)
	}
	return &shop{t: t, app: app, server: desktest.Serve(t, app), group: groups[0].Id}
}

// cheapPasswords spares the tests most of bcrypt's work.
func cheapPasswords(t *testing.T, app core.App) {
	t.Helper()
	staff, err := app.FindCollectionByNameOrId("staff")
	if err != nil {
		t.Fatal(err)
	}
	field, ok := staff.Fields.GetByName("password").(*core.PasswordField)
	if !ok {
		t.Fatal("staff have no passwords")
	}
	field.Cost = 4
	if err := app.Save(staff); err != nil {
		t.Fatal(err)
	}
}

// someone is a member of staff who is signed in.
type someone struct{ id, token string }

var serial atomic.Int64

func (s *shop) hire(role string, groups ...string) someone {
	s.t.Helper()
	n := serial.Add(1)
	staff, err := access.AddStaff(s.app, nil, access.Newcomer{
		Email: fmt.Sprintf("s%d@example.com", n), Nickname: fmt.Sprintf("客服%d", n), Password: password, Role: role, Groups: groups,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return someone{staff.Id, s.signIn(staff.Email(), password)}
}

// hireWith hires somebody of a role that the shop has made.
func (s *shop) hireWith(permissions ...access.Permission) someone {
	s.t.Helper()
	collection, err := s.app.FindCollectionByNameOrId("roles")
	if err != nil {
		s.t.Fatal(err)
	}
	role := core.NewRecord(collection)
	role.Set("name", fmt.Sprintf("role %d", serial.Add(1)))
	role.Set("permissions", permissions)
	if err = s.app.Save(role); err != nil {
		s.t.Fatal(err)
	}
	who := s.hire(access.Agent)
	r, err := s.app.FindRecordById("staff", who.id)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Set("role", role.Id)
	if err := s.app.Save(r); err != nil {
		s.t.Fatal(err)
	}
	return who
}

func (s *shop) signIn(email, with string) string {
	s.t.Helper()
	var in struct{ Token string }
	s.call(someone{}, "POST /api/collections/staff/auth-with-password", map[string]string{"identity": email, "password": with}, http.StatusOK, &in)
	return in.Token
}

// call makes an HTTP call such as "GET drafts" under /api/xiaoer, and holds its
// status to want.
func (s *shop) call(who someone, route string, in any, want int, out any) {
	s.t.Helper()
	got := s.send(who, route, in)
	if got.status != want {
		s.t.Fatalf("%s: %d, want %d: %s", route, got.status, want, got.body)
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal(got.body, out); err != nil {
		s.t.Fatalf("%s: %v: %s", route, err, got.body)
	}
}

// answer is what a call got.
type answer struct {
	status  int
	header  http.Header
	cookies []*http.Cookie
	body    []byte
}

func (s *shop) send(who someone, route string, in any) answer {
	s.t.Helper()
	method, path, _ := strings.Cut(route, " ")
	if !strings.HasPrefix(path, "/") {
		path = "/api/xiaoer/" + path
	}
	raw, err := json.Marshal(in)
	if err != nil {
		s.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.server.URL+path, bytes.NewReader(raw))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if who.token != "" {
		request.Header.Set("Authorization", "Bearer "+who.token)
	}
	got, err := s.server.Client().Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{got.StatusCode, got.Header, got.Cookies(), body}
}

// asking is a visitor who has said something.
type asking struct{ token, contact, customer, conversation string }

func (s *shop) ask(text string) asking {
	s.t.Helper()
	var in struct {
		Token   string
		Contact struct{ ID string }
	}
	s.call(someone{}, "POST visitor", map[string]any{}, http.StatusOK, &in)
	var out struct{ Message struct{ Conversation string } }
	s.call(someone{token: in.Token}, "POST visitor/messages", map[string]string{"id": "m1", "kind": "text", "text": text}, http.StatusOK, &out)
	contact, err := customers.ContactByID(s.app, in.Contact.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return asking{in.Token, contact.Id, contact.Customer(), out.Message.Conversation}
}

type object = map[string]any

var all = []string{
	"GET desk", "GET desk/areas", "PUT desk/preferences", "GET desk/qr.svg", "POST desk/first-steps/dismiss", "POST staff", "GET customers/%s", "PATCH customers/%s", "POST customers/%s/reveal",
	"POST customers/%s/notes", "DELETE customers/%s/notes/x", "PUT conversations/%s/tags", "PUT conversations/%s/priority",
	"PUT conversations/%s/emotion", "PUT conversations/%s/later", "DELETE conversations/%s/later", "PUT conversations/%s/unread", "GET conversations/%s/handover", "GET board", "PUT staff/%s/presence", "PUT conversations/%s/draft", "GET drafts",
	"GET conversations/%s/draft", "GET desk/readings", "GET conversations/%s/mentionable", "POST conversations/%s/mention/seen",
	"POST quick-replies", "PATCH quick-replies/%s", "DELETE quick-replies/%s", "POST quick-replies/%s/used",
}

func TestNobodyComesInWithoutASignIn(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.ask("在吗")
	for _, route := range all {
		for _, id := range []string{v.customer, v.conversation} {
			if strings.Contains(route, "%s") {
				route = fmt.Sprintf(route, id)
			}
			s.call(someone{}, route, object{}, http.StatusUnauthorized, nil)
			s.call(someone{token: v.token}, route, object{}, http.StatusUnauthorized, nil) // a visitor's token is none of the staff's
		}
	}
	if page := s.send(someone{}, "GET /desk", nil); page.status != http.StatusSeeOther || page.header.Get("Location") != "/sign-in?next=%2Fdesk" {
		t.Errorf("the page: %d to %s", page.status, page.header.Get("Location"))
	}
}

func TestReadOnlyStaffChangeNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.ask("在吗")
	reader := s.hire(access.ReadOnly)
	s.call(reader, "GET desk", nil, http.StatusOK, nil)
	s.call(reader, "GET customers/"+v.customer, nil, http.StatusOK, nil)
	for _, route := range []string{
		"POST desk/first-steps/dismiss", "POST staff", "PATCH customers/" + v.customer, "POST customers/" + v.customer + "/notes",
		"DELETE customers/" + v.customer + "/notes/x", "PUT conversations/" + v.conversation + "/tags",
	} {
		s.call(reader, route, object{"text": "x", "tags": []string{}}, http.StatusForbidden, nil)
	}
	s.call(reader, "POST quick-replies", object{"text": "x", "scope": "shop"}, http.StatusForbidden, nil)
}

func TestDesk(t *testing.T) {
	t.Parallel()
	s := open(t)
	tag, err := customers.AddTag(s.app, "VIP", "gold", 1)
	if err != nil {
		t.Fatal(err)
	}
	s.ask("在吗")
	agent, other := s.hire(access.Agent, s.group), s.hire(access.Supervisor)
	var got struct {
		You struct {
			ID, Name, Role, Presence, Lang, Theme string
			Cap, Load                             int
			Permissions                           []string
		}
		Shop       struct{ Name, Colour string }
		Colleagues []struct {
			ID       string
			Presence string
			Groups   []string
			Load     *int
			Cap      int
		}
		Groups, Channels, Tags []struct{ ID, Name, Kind, Colour string }
		QuickReplies           []any `json:"quick_replies"`
		Counts                 map[string]int
		Now                    int64
		FirstSteps             any `json:"first_steps"`
	}
	s.call(agent, "GET desk", nil, http.StatusOK, &got)
	if got.You.ID != agent.id || got.You.Role != access.Agent || got.You.Presence != "offline" || got.You.Cap != access.DefaultCap || got.You.Lang != "zh-CN" {
		t.Errorf("you = %+v", got.You)
	}
	if !slices.Contains(got.You.Permissions, "conversations.reply") || slices.Contains(got.You.Permissions, "staff.edit") {
		t.Errorf("permissions = %v", got.You.Permissions)
	}
	if len(got.Colleagues) != 2 || got.Colleagues[1].ID != other.id || !slices.Equal(got.Colleagues[0].Groups, []string{s.group}) || got.Colleagues[0].Load == nil {
		t.Errorf("colleagues = %+v", got.Colleagues)
	}
	if len(got.Groups) != 3 || len(got.Channels) != 1 || got.Channels[0].Kind != "web" || len(got.Tags) != 1 || got.Tags[0].ID != tag.Id {
		t.Errorf("groups %v, channels %v, tags %v", got.Groups, got.Channels, got.Tags)
	}
	if got.QuickReplies == nil || got.Counts["waiting"] != 1 || got.Now == 0 || got.Shop.Name == "" || got.FirstSteps != nil {
		t.Errorf("desk = %+v", got)
	}
}

func TestTheOwnersFirstSteps(t *testing.T) {
	t.Parallel()
	s := open(t)
	owner := s.hire(access.Owner)
	type desk struct {
		FirstSteps *struct {
			ChatURL string `json:"chat_url"`
			Done    bool   `json:"done"`
			QRURL   string `json:"qr_url"`
			Snippet string
		} `json:"first_steps"`
	}
	var got desk
	s.call(owner, "GET desk", nil, http.StatusOK, &got)
	if got.FirstSteps == nil || got.FirstSteps.Done || got.FirstSteps.ChatURL != s.server.URL+"/chat" ||
		got.FirstSteps.Snippet != `<script async src="`+s.server.URL+`/widget.js"></script>` {
		t.Fatalf("first steps = %+v", got.FirstSteps)
	}
	picture := s.send(owner, "GET "+got.FirstSteps.QRURL, nil)
	if picture.status != http.StatusOK || picture.header.Get("Content-Type") != "image/svg+xml" || xml.Unmarshal(picture.body, new(struct{})) != nil {
		t.Errorf("picture: %d, %s", picture.status, picture.header.Get("Content-Type"))
	}
	s.call(owner, "POST desk/first-steps/dismiss", nil, http.StatusNoContent, nil)
	got = desk{}
	if s.call(owner, "GET desk", nil, http.StatusOK, &got); got.FirstSteps == nil || !got.FirstSteps.Done {
		t.Error("they came back, or took the addresses along")
	}
}

func TestANewColleagueCanSignIn(t *testing.T) {
	t.Parallel()
	s := open(t)
	owner := s.hire(access.Owner)
	var made struct {
		Staff           struct{ ID, Name string }
		Email, Password string
	}
	s.call(owner, "POST staff", object{"email": "New@example.com", "nickname": "小新", "role": "agent"}, http.StatusCreated, &made)
	if made.Staff.Name != "小新" || len(made.Password) != 14 {
		t.Fatalf("made %+v", made)
	}
	s.call(someone{}, "POST /api/collections/staff/auth-with-password",
		object{"identity": "new@example.com", "password": made.Password}, http.StatusUnauthorized, nil) // it has to be changed first
	r, err := s.app.FindRecordById(access.Collection, made.Staff.ID)
	if err != nil || !r.ValidatePassword(made.Password) {
		t.Fatalf("the password is not theirs: %v", err)
	}
	r.Set("must_change", false)
	if err := s.app.Save(r); err != nil {
		t.Fatal(err)
	}
	newcomer := someone{made.Staff.ID, s.signIn("new@example.com", made.Password)}
	s.call(newcomer, "GET desk", nil, http.StatusOK, nil)
	s.call(newcomer, "POST staff", object{"email": "x@example.com", "nickname": "x", "role": "agent"}, http.StatusForbidden, nil)

	for name, wrong := range map[string]object{
		"same address":  {"email": "new@example.com", "nickname": "小旧", "role": "agent"},
		"same nickname": {"email": "b@example.com", "nickname": "小新", "role": "agent"},
		"no address":    {"nickname": "b", "role": "agent"},
		"no role":       {"email": "b@example.com", "nickname": "b"},
		"made-up role":  {"email": "b@example.com", "nickname": "b", "role": "king"},
		"no such group": {"email": "b@example.com", "nickname": "b", "role": "agent", "groups": []string{"none"}},
		"group by type": {"email": "b@example.com", "nickname": "b", "role": "agent", "groups": object{"$ne": 1}},
	} {
		if got := s.send(owner, "POST staff", wrong); got.status < 400 || got.status >= 500 || bytes.Contains(got.body, []byte(`"password":"`)) {
			t.Errorf("%s: %d: %s", name, got.status, got.body)
		}
	}
}

func TestNobodyGivesRightsThatTheyLack(t *testing.T) {
	t.Parallel()
	s := open(t)
	personnel := s.hireWith(access.StaffEdit, access.ConversationsSeeAll, access.CustomersSee)
	for role, want := range map[string]int{access.Owner: http.StatusForbidden, access.Supervisor: http.StatusForbidden, access.ReadOnly: http.StatusCreated} {
		s.call(personnel, "POST staff", object{"email": role + "@example.com", "nickname": role, "role": role}, want, nil)
	}
}

func TestACustomerIsThereForWhoMaySeeThem(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.ask("我的茶呢")
	phone, email := "13800138000", "wang@example.com"
	if _, err := customers.Edit(s.app, v.customer, customers.Change{Phone: &phone, Email: &email}); err != nil {
		t.Fatal(err)
	}
	blind := s.hireWith(access.CustomersEdit) // and of every group, where the conversation waits
	var got struct {
		Customer      struct{ ID, Name, Phone, Email string }
		Contacts      []struct{ ID, Name, Seen string }
		Conversations []struct {
			ID, Status, Opened string
			Last               struct{ Text string }
		}
		Notes []any
	}
	s.call(blind, "GET customers/"+v.customer, nil, http.StatusOK, &got)
	if got.Customer.Phone != "138****8000" || got.Customer.Email != "w***@example.com" {
		t.Errorf("shown in full: %+v", got.Customer)
	}
	if len(got.Contacts) != 1 || got.Contacts[0].ID != v.contact || got.Contacts[0].Seen == "" || got.Notes == nil {
		t.Errorf("contacts = %+v", got.Contacts)
	}
	if len(got.Conversations) != 1 || got.Conversations[0].ID != v.conversation || got.Conversations[0].Last.Text != "我的茶呢" {
		t.Errorf("conversations = %+v", got.Conversations)
	}

	s.call(s.hire(access.Supervisor), "GET customers/"+v.customer, nil, http.StatusOK, &got)
	if got.Customer.Phone != "138****8000" || got.Customer.Email != "w***@example.com" {
		t.Errorf("shown in full to who has not asked for it: %+v", got.Customer)
	}

	// Somebody of another group, without the permission, has never heard of them.
	r, err := s.app.FindRecordById("staff", blind.id)
	if err != nil {
		t.Fatal(err)
	}
	r.Set("groups", []string{})
	if err := s.app.Save(r); err != nil {
		t.Fatal(err)
	}
	for _, route := range []string{"GET customers/%s", "PATCH customers/%s", "POST customers/%s/notes", "DELETE customers/%s/notes/x"} {
		hidden := s.send(blind, fmt.Sprintf(route, v.customer), object{"text": "x"})
		missing := s.send(blind, fmt.Sprintf(route, "nope"), object{"text": "x"})
		if hidden.status != http.StatusNotFound || missing.status != http.StatusNotFound || !bytes.Equal(hidden.body, missing.body) {
			t.Errorf("%s: hidden %d %s, missing %d %s", route, hidden.status, hidden.body, missing.status, missing.body)
		}
	}
}

func TestEditingACustomer(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.ask("在吗")
	tag, err := customers.AddTag(s.app, "VIP", "gold", 1)
	if err != nil {
		t.Fatal(err)
	}
	agent := s.hire(access.Agent)
	at := "PATCH customers/" + v.customer
	s.call(agent, at, object{"name": "王女士", "phone": "13800138000", "tags": []string{tag.Id}, "id": "evil", "external_id": "evil", "avatar": "evil"}, http.StatusOK, nil)
	c, err := customers.ByID(s.app, v.customer)
	if err != nil || c.Name() != "王女士" || c.ExternalID() != "" || c.Avatar() != "" || !slices.Equal(c.Tags(), []string{tag.Id}) {
		t.Errorf("customer = %v, %v", c.PublicExport(), err)
	}
	for name, wrong := range map[string]object{
		"masked phone": {"phone": "138****8000"}, "name by type": {"name": object{}}, "unknown tag": {"tags": []string{"nope"}}, "long level": {"level": strings.Repeat("x", 21)},
	} {
		if got := s.send(agent, at, wrong); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}

// Whose customer somebody is can be anybody who answers customers. One who does
// no longer is still told of, and stands in nobody's way.
func TestACustomerHasSomebodyOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.ask("在吗")
	agent, own, reader := s.hire(access.Agent), s.hire(access.Agent), s.hire(access.ReadOnly)
	at := "customers/" + v.customer
	type dedicated struct {
		ID, Name string
		Gone     bool
	}
	var got struct {
		Customer struct {
			Level            string
			DistributorLevel string `json:"distributor_level"`
			Dedicated        *dedicated
		}
	}
	s.call(agent, "PATCH "+at, object{"level": "金卡", "distributor_level": "区域总代", "dedicated": own.id}, http.StatusOK, &got)
	if c := got.Customer; c.Level != "金卡" || c.DistributorLevel != "区域总代" || c.Dedicated == nil || c.Dedicated.ID != own.id || c.Dedicated.Name == "" || c.Dedicated.Gone {
		t.Fatalf("customer = %+v", c)
	}
	for name, wrong := range map[string]string{"somebody who only reads": reader.id, "nobody": "nope"} {
		if got := s.send(agent, "PATCH "+at, object{"dedicated": wrong}); got.status != http.StatusUnprocessableEntity || !bytes.Contains(got.body, []byte("dedicated")) {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	if err := access.DeleteStaff(s.app, nil, own.id); err != nil {
		t.Fatal(err)
	}
	s.call(agent, "PATCH "+at, object{"region": "杭州"}, http.StatusOK, &got)
	if d := got.Customer.Dedicated; d == nil || !d.Gone {
		t.Errorf("after they left: %+v", d)
	}
	got.Customer.Dedicated = nil
	s.call(agent, "PATCH "+at, object{"dedicated": ""}, http.StatusOK, &got)
	if got.Customer.Dedicated != nil {
		t.Errorf("taken away: %+v", got.Customer.Dedicated)
	}
	trail, err := audit.Find(t.Context(), s.app, audit.Query{On: []audit.Object{{Kind: customers.Customers, ID: v.customer}}})
	if err != nil || len(trail.Entries) != 3 || trail.Entries[0].Changes.List()[0].Field != "dedicated" {
		t.Errorf("trail: %+v, %v", trail, err)
	}
}

func TestNotesAboutACustomer(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.ask("在吗")
	writer, colleague := s.hire(access.Agent), s.hire(access.Agent)
	var made struct {
		Note struct {
			ID, Text string
			Staff    struct{ ID, Name string }
		}
	}
	notes := "customers/" + v.customer + "/notes"
	s.call(writer, "POST "+notes, object{"text": "怕苦"}, http.StatusCreated, &made)
	if made.Note.Text != "怕苦" || made.Note.Staff.ID != writer.id || made.Note.Staff.Name == "" {
		t.Errorf("note = %+v", made.Note)
	}
	s.call(writer, "POST "+notes, object{"text": " "}, http.StatusUnprocessableEntity, nil)
	s.call(colleague, "DELETE "+notes+"/"+made.Note.ID, nil, http.StatusForbidden, nil)
	s.call(writer, "DELETE customers/"+s.ask("另一位").customer+"/notes/"+made.Note.ID, nil, http.StatusNotFound, nil)
	s.call(writer, "DELETE "+notes+"/"+made.Note.ID, nil, http.StatusNoContent, nil)
	s.call(writer, "DELETE "+notes+"/"+made.Note.ID, nil, http.StatusNotFound, nil)
}

func TestTagsOfAConversation(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.ask("在吗")
	tag, err := customers.AddTag(s.app, "退款", "amber", 1)
	if err != nil {
		t.Fatal(err)
	}
	at := "PUT conversations/" + v.conversation + "/tags"
	agent := s.hire(access.Agent)
	s.call(agent, at, object{"tags": []string{tag.Id}}, http.StatusNoContent, nil)
	s.call(agent, at, object{"tags": []string{"nope"}}, http.StatusNotFound, nil)
	s.call(agent, at, object{"tags": "nope"}, http.StatusUnprocessableEntity, nil)
	s.call(s.hireWith(access.ConversationsReply), "PUT conversations/nope/tags", object{"tags": []string{}}, http.StatusNotFound, nil)
}

func TestQuickRepliesOverHTTP(t *testing.T) {
	t.Parallel()
	s := open(t)
	agent, supervisor := s.hire(access.Agent), s.hire(access.Supervisor)
	var made struct {
		QuickReply struct{ ID, Code, Scope string } `json:"quick_reply"`
	}
	s.call(agent, "POST quick-replies", object{"code": "/hi", "text": "您好", "scope": "shop"}, http.StatusForbidden, nil)
	s.call(agent, "POST quick-replies", object{"code": "/hi", "text": "您好"}, http.StatusCreated, &made)
	if made.QuickReply.Code != "hi" || made.QuickReply.Scope != "staff" {
		t.Errorf("made %+v", made)
	}
	at := "quick-replies/" + made.QuickReply.ID
	s.call(supervisor, "POST "+at+"/used", nil, http.StatusNotFound, nil)
	s.call(supervisor, "DELETE "+at, nil, http.StatusNotFound, nil)
	s.call(agent, "POST "+at+"/used", nil, http.StatusNoContent, nil)
	s.call(agent, "PATCH "+at, object{"code": "hello", "text": "您好呀"}, http.StatusOK, &made)
	var desk struct {
		QuickReplies []object `json:"quick_replies"`
	}
	s.call(agent, "GET desk", nil, http.StatusOK, &desk)
	if len(desk.QuickReplies) != 1 || desk.QuickReplies[0]["code"] != "hello" || desk.QuickReplies[0]["uses"] != 1.0 {
		t.Errorf("quick replies = %v", desk.QuickReplies)
	}
	s.call(agent, "DELETE "+at, nil, http.StatusNoContent, nil)
}

func TestPreferencesStayWithThePerson(t *testing.T) {
	t.Parallel()
	s := open(t)
	who := s.hire(access.Agent)
	kept := s.send(who, "PUT desk/preferences", object{"theme": "dark"})
	if kept.status != http.StatusNoContent || len(kept.cookies) != 1 || kept.cookies[0].Value != "dark" {
		t.Errorf("%d, cookies %v", kept.status, kept.cookies)
	}
	s.call(who, "PUT desk/preferences", object{"lang": "en"}, http.StatusNoContent, nil)
	var got struct{ You struct{ Lang, Theme string } }
	if s.call(who, "GET desk", nil, http.StatusOK, &got); got.You.Lang != "en" || got.You.Theme != "dark" {
		t.Errorf("you = %+v", got.You)
	}
	s.call(who, "PUT desk/preferences", object{"lang": "fr"}, http.StatusUnprocessableEntity, nil)
	s.call(who, "PUT desk/preferences", object{"theme": "dark;}"}, http.StatusUnprocessableEntity, nil)
}

func TestThePreferencesOfTheConsole(t *testing.T) {
	t.Parallel()
	s := open(t)
	who, other := s.hire(access.Agent), s.hire(access.ReadOnly)
	likes := func(p someone) map[string]any {
		var got struct {
			You struct{ Preferences map[string]any }
		}
		s.call(p, "GET desk", nil, http.StatusOK, &got)
		return got.You.Preferences
	}
	untouched := object{
		"enter": "enter", "sound": "chime", "volume": 60.0, "muted": false, "desktop": true, "reading": false, "quiet": []any{}, "views": []any{},
	}
	if got := likes(who); !reflect.DeepEqual(got, untouched) {
		t.Errorf("at first: %v", got)
	}
	vip := object{"id": "v1", "name": "VIP 未回复", "filter": object{"level": "VIP"}}
	s.call(who, "PUT desk/preferences", object{"enter": "mod", "views": []any{vip}, "quiet": []string{"reminders"}}, http.StatusNoContent, nil)
	s.call(who, "PUT desk/preferences", object{"sound": "drop", "volume": 0, "muted": true}, http.StatusNoContent, nil)
	want := object{
		"enter": "mod", "sound": "drop", "volume": 0.0, "muted": true, "desktop": true, "reading": false,
		"quiet": []any{"reminders"}, "views": []any{map[string]any{"id": "v1", "name": "VIP 未回复", "filter": map[string]any{"level": "VIP"}}},
	}
	if got := likes(who); !reflect.DeepEqual(got, want) {
		t.Errorf("kept: %v", got)
	}
	if got := likes(other); !reflect.DeepEqual(got, untouched) {
		t.Errorf("somebody else's: %v", got)
	}
	for field, wrong := range map[string][]any{
		"enter": {"tab", 1}, "sound": {"siren"}, "volume": {-1, 101, 5.5, "loud"}, "muted": {"yes"}, "quiet": {[]string{"handed"}, "messages"},
		"views": {
			[]any{object{"id": "v", "name": "", "filter": object{}}},
			[]any{object{"id": "v", "name": strings.Repeat("名", 31), "filter": object{}}},
			[]any{object{"id": "v", "name": "x"}},
			[]any{object{"name": "x", "filter": object{}}},
			[]any{object{"id": "v", "name": "x", "filter": []int{1}}},
			[]any{object{"id": "v", "name": "x", "filter": object{"q": strings.Repeat("x", 3000)}}},
			slices.Repeat([]any{vip}, 21),
		},
	} {
		for _, value := range wrong {
			s.call(who, "PUT desk/preferences", object{field: value}, http.StatusUnprocessableEntity, nil)
		}
	}
	s.call(who, "PUT desk/preferences", object{"sound": "bell", "lang": "fr"}, http.StatusUnprocessableEntity, nil)
	if got := likes(who); !reflect.DeepEqual(got, want) {
		t.Errorf("after what was refused: %v", got)
	}
	s.call(who, "PUT desk/preferences", object{"views": []any{}}, http.StatusNoContent, nil)
	if got := likes(who)["views"]; !reflect.DeepEqual(got, []any{}) {
		t.Errorf("views that were removed: %v", got)
	}
}

func TestThePaletteLeadsWhereThePersonMayGo(t *testing.T) {
	t.Parallel()
	s := open(t)
	paths := func(who someone) (list []string) {
		var got struct {
			Areas []struct{ Name, Words, Icon, Path string }
		}
		s.call(who, "GET desk/areas", nil, http.StatusOK, &got)
		for _, a := range got.Areas {
			if a.Name == "" || strings.HasPrefix(a.Name, "admin.") || strings.HasPrefix(a.Words, "admin.") || a.Icon == "" {
				t.Errorf("an area says %+v", a)
			}
			list = append(list, a.Path)
		}
		return list
	}
	if got := paths(s.hire(access.Owner)); !slices.Contains(got, "/admin/settings") || !slices.Contains(got, "/admin/channels") {
		t.Errorf("an owner's: %v", got)
	}
	if got := paths(s.hire(access.Agent)); !slices.Contains(got, "/admin") || slices.Contains(got, "/admin/settings") {
		t.Errorf("an agent's: %v", got)
	}
}

func TestTheConsoleCanBeInstalled(t *testing.T) {
	t.Parallel()
	s := open(t)
	got := s.send(s.hire(access.Agent), "GET /desk.webmanifest", nil)
	var m struct {
		Name    string
		Display string
		Icons   []struct{ Src, Sizes, Purpose string }
	}
	if err := json.Unmarshal(got.body, &m); err != nil || got.header.Get("Content-Type") != "application/manifest+json" || m.Name == "" || m.Display != "standalone" || len(m.Icons) != 3 {
		t.Fatalf("%d, %v: %s", got.status, err, got.body)
	}
	for _, icon := range m.Icons {
		if png := s.send(someone{}, "GET "+icon.Src, nil); png.status != http.StatusOK || png.header.Get("Content-Type") != "image/png" {
			t.Errorf("%s: %d, %s", icon.Src, png.status, png.header.Get("Content-Type"))
		}
	}
}

func TestThePageSpeaksThePersonsLanguage(t *testing.T) {
	t.Parallel()
	s := open(t)
	staff, err := access.AddStaff(s.app, nil, access.Newcomer{Email: "p@example.com", Nickname: "Pat", Password: password, Role: access.Agent, Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.server.URL+"/sign-in", strings.NewReader("identity="+staff.Email()+"&password="+password))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := s.server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if len(answer.Cookies()) == 0 {
		t.Fatalf("no cookie: %s", answer.Status)
	}
	request, err = http.NewRequestWithContext(t.Context(), http.MethodGet, s.server.URL+"/desk", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range answer.Cookies() {
		request.AddCookie(cookie)
	}
	request.AddCookie(&http.Cookie{Name: "xiaoer_theme", Value: "dark"})
	answer, err = s.server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK || !bytes.Contains(page, []byte(`<html lang="en" data-theme="dark"`)) {
		t.Errorf("%s: %.300s", answer.Status, page)
	}
	if policy := answer.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("policy = %q", policy)
	}
}
