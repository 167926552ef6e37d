package hooks_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/quickreplies"
)

// Cases C41 to C52 of what must hold when somebody tries, as far as they are not
// held by the tests of the packages themselves. The matrix is C46, foreign pages
// are C48 to C50, revocation (C47) is protocol's, files (C42) too.

// blind lets somebody do everything with what is theirs, and see nothing else.
func (d *theDesk) blind() *somebody {
	d.t.Helper()
	var allowed []access.Permission
	for _, p := range access.Permissions {
		if !slices.Contains([]access.Permission{access.ConversationsSeeAll, access.ConversationsSeeGroup, access.CustomersSee}, p) {
			allowed = append(allowed, p)
		}
	}
	role, err := access.AddRole(d.app, nil, "什么都看不到", nil)
	d.must(err)
	role.Set("permissions", allowed) // by themselves: a role that is made on our page gets what they need, too
	d.must(d.app.Save(role))
	d.hire(role.Id, d.groups[2:3])
	return d.people[role.Id]
}

const missing = "nonenonenonenon"

// C41. What somebody may not see is answered as what is not there, word for
// word, by every call and every command that names a thing; and nothing is done.
func TestHiddenIsAnsweredLikeMissing(t *testing.T) {
	t.Parallel()
	d := furnishedDesk(t)
	blind := d.blind()
	hidden := d.hiddenThings()
	l := d.dial(blind, nil)
	d.thing("/api/xiaoer/customers/{id}", false) // which a body names
	before := d.fingerprint()
	asked := 0
	for _, r := range d.table.All() {
		for prefix, id := range hidden {
			if !strings.HasPrefix(r.Path, prefix+"{id}") {
				continue
			}
			asked++
			body := d.bodyOf(r.Method + " " + r.Path)
			call := func(id string) answered {
				return d.call(blind, r.Method, strings.NewReplacer("{id}", id, "{note}", missing).Replace(r.Path), body)
			}
			is, none := call(id), call(missing)
			if is.status != http.StatusNotFound || none.status != is.status || !bytes.Equal(bytes.ReplaceAll(is.body, []byte(id), nil), bytes.ReplaceAll(none.body, []byte(missing), nil)) {
				t.Errorf("%s %s: hidden %d %s, missing %d %s", r.Method, r.Path, is.status, is.body, none.status, none.body)
			}
		}
	}
	if asked < 12 {
		t.Errorf("only %d routes were asked", asked)
	}
	conversation := hidden["/api/xiaoer/conversations/"]
	for _, f := range d.namingCommands() {
		is, none := l.say(naming(f, conversation)), l.say(naming(f, missing))
		if is == nil || none == nil || is["type"] != "refused" || is["code"] != "not_found" || is["text"] != none["text"] || is["code"] != none["code"] || len(is) != len(none) {
			t.Errorf("%s: hidden %v, missing %v", f["type"], is, none)
		}
	}
	if after := d.fingerprint(); after != before {
		t.Errorf("something was done: %s; last of all %v", differing(before, after), d.lastActs())
	}
}

// lastActs are the newest of the trail.
func (d *theDesk) lastActs() (acts []string) {
	d.t.Helper()
	d.must(d.app.DB().NewQuery("SELECT act || ' ' || object_kind || ' ' || actor_kind FROM audit ORDER BY seq DESC LIMIT 4").Column(&acts))
	return acts
}

// hiddenThings are of others, by where they are named.
func (d *theDesk) hiddenThings() map[string]string {
	d.t.Helper()
	m := d.waiting()
	boss, err := access.ByID(d.app, d.people[access.Owner].id)
	d.must(err)
	own, err := quickreplies.Add(d.app, boss, quickreplies.Draft{Code: "mine", Text: "我的"})
	d.must(err)
	return map[string]string{
		"/api/xiaoer/conversations/": m.Conversation, "/api/xiaoer/customers/": d.customerOf(m), "/api/xiaoer/quick-replies/": own.Id,
		"/admin/quick-replies/": own.Id, "/account/sign-ins/": d.signInOf(boss.ID),
	}
}

func (d *theDesk) signInOf(staff string) (id string) {
	d.t.Helper()
	d.must(d.app.DB().NewQuery("SELECT id FROM sign_ins WHERE staff = {:staff} AND ended = '' LIMIT 1").Bind(dbx.Params{"staff": staff}).Row(&id))
	return id
}

// namingCommands are the live commands that name a conversation.
func (d *theDesk) namingCommands() []frame {
	d.t.Helper()
	cursor, err := conversations.Cursor(d.app, 1)
	d.must(err)
	return []frame{
		{"type": "send", "kind": "text", "text": "x"},
		{"type": "send", "kind": "note", "text": "x"},
		{"type": "take"},
		{"type": "close"},
		{"type": "transfer", "group": d.groups[1]},
		{"type": "transfer", "staff": d.people[access.Owner].id},
		{"type": "typing", "on": false},
		{"type": "viewing"},
		{"type": "read", "cursor": cursor},
	}
}

var commandIDs int

func naming(f frame, conversation string) frame {
	commandIDs++
	out := maps.Clone(f)
	out["conversation"] = conversation
	out["id"] = fmt.Sprint("c", commandIDs)
	return out
}

// C43. A visitor is told what is listed here and nothing else, whatever staff do
// around them.
func TestVisitorsAreToldWhatIsListed(t *testing.T) {
	t.Parallel()
	d := furnishedDesk(t)
	who, other := d.arrive(), d.arrive()
	l := d.dial(who, nil)
	said := d.asked(who)
	d.asked(other)
	secrets := d.workAround(said)
	d.must(l.ws.WriteJSON(frame{"type": "ping"}))
	l.until("pong")
	heard, err := json.Marshal(l.frames)
	d.must(err)
	arrived := d.call(who, http.MethodPost, "/api/xiaoer/visitor", object{})
	history := d.call(who, http.MethodGet, "/api/xiaoer/visitor/messages", nil)
	for what, raw := range map[string][]byte{"the socket": heard, "the arrival": arrived.body, "the history": history.body} {
		for name, secret := range secrets {
			if bytes.Contains(raw, []byte(secret)) {
				t.Errorf("%s tells the %s", what, name)
			}
		}
	}
	keys := map[string]bool{}
	for _, f := range l.frames {
		collect(keys, "", f)
	}
	for key := range keys {
		if !slices.Contains(strings.Fields(visitorsHear), key) {
			t.Errorf("a visitor hears %s", key)
		}
	}
}

const visitorsHear = `type cursor heartbeat now you you.kind you.id you.name
	message message.id message.cursor message.conversation message.time message.kind message.from message.from.kind message.from.id message.from.name message.from.avatar
	message.text message.data message.data.event message.data.staff message.data.staff.id message.data.staff.name message.data.group message.data.group.id message.data.group.name
	message.client_id conversation conversation.id conversation.status conversation.position conversation.assignee conversation.assignee.name conversation.assignee.avatar
	conversation.read from from.kind on`

func collect(keys map[string]bool, at string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			keys[strings.TrimPrefix(at+"."+key, ".")] = true
			collect(keys, at+"."+key, inner)
		}
	case []any:
		for _, inner := range v {
			collect(keys, at, inner)
		}
	}
}

// workAround does what staff do with a conversation, and returns what of it is
// none of the customer's business.
func (d *theDesk) workAround(said *conversations.Message) map[string]string {
	d.t.Helper()
	person := func(role string) *access.Person {
		p, err := access.ByID(d.app, d.people[role].id)
		d.must(err)
		return p
	}
	agent, boss := person(access.Agent), person(access.Owner)
	tag, err := customers.AddTag(d.app, "难缠的客户", "amber", 1)
	d.must(err)
	_, err = conversations.Take(d.app, agent, "t", said.Conversation)
	d.must(err, conversations.SetTags(d.app, agent, said.Conversation, []string{tag.Id}))
	for _, draft := range []conversations.Draft{{ID: "n", Kind: conversations.Note, Text: "上次也是他"}, {ID: "s", Kind: conversations.Text, Text: "您好"}} {
		draft.Conversation = said.Conversation
		_, err = conversations.PostAsStaff(d.app, agent, draft)
		d.must(err)
	}
	_, err = customers.AddNote(d.app, d.customerOf(said), agent.ID, "欠我们钱")
	d.must(err)
	_, err = conversations.Transfer(d.app, agent, "x", said.Conversation, conversations.Destination{Group: d.groups[0], Note: "小心应付"})
	d.must(err)
	_, err = conversations.Take(d.app, boss, "t2", said.Conversation)
	d.must(err, access.Disable(d.app, nil, agent.ID))
	_, err = conversations.Close(d.app, boss, "c", said.Conversation)
	d.must(err)
	return map[string]string{
		"internal note": "上次也是他", "tag": "难缠的客户", "customer's note": "欠我们钱", "note of the transfer": "小心应付", "staff's address": boss.Email,
		"staff's id in an event": `"staff":{"id":"` + boss.ID, "phone number": canaryPhone, "e-mail": canaryEmail, "customer's id": d.customerOf(said),
	}
}

// C43. PocketBase's event streams answer the dashboard and nobody else.
func TestEventStreamsAreTheDashboardsAlone(t *testing.T) {
	t.Parallel()
	d := furnishedDesk(t)
	for _, who := range []string{anyone, visitor, access.Owner, access.Agent} {
		if a := d.call(d.people[who], http.MethodGet, "/api/realtime", nil); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", who, a.status)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r := d.request(http.MethodGet, "/api/realtime", nil).WithContext(ctx)
	r.Header.Set("Authorization", "Bearer "+d.people[dashboard].token)
	answer, err := d.server.Client().Do(r)
	d.must(err)
	defer answer.Body.Close()
	first, err := bufio.NewReader(answer.Body).ReadString('\n')
	if err != nil || answer.StatusCode != http.StatusOK || first == "" {
		t.Errorf("the dashboard: %d %q %v", answer.StatusCode, first, err)
	}
}

// C44. A secret opens what it was made for, and nothing else.
func TestSecretsOpenOneDoor(t *testing.T) {
	t.Parallel()
	d := furnishedDesk(t)
	owner, guest := d.people[access.Owner], d.people[visitor]
	secrets := map[string]string{
		"visitor": guest.token, "staff": owner.token, "cookie": owner.cookie.Value, "dashboard": d.people[dashboard].token,
		"flipped": owner.token[:len(owner.token)-9] + flip(owner.token[len(owner.token)-9]) + owner.token[len(owner.token)-8:], "flipped visitor": flip(guest.token[0]) + guest.token[1:],
		"empty": "", "null": "null", "zero": "0", "true": "true", "array": "[]", "object": `{"$ne":1}`, "an id": owner.id, "a contact": guest.id, "a sign-in": d.signInOf(owner.id),
		"two": guest.token + "," + owner.token,
	}
	doors := map[string]struct {
		opens string
		try   func(secret string) bool
	}{
		"staff's calls":    {"staff", func(s string) bool { return d.bearer("/api/xiaoer/desk", s) }},
		"visitors' calls":  {"visitor", func(s string) bool { return d.bearer("/api/xiaoer/visitor/messages", s) }},
		"PocketBase's API": {"dashboard", func(s string) bool { return d.bearer("/api/settings", s) }},
		"the cookie": {"cookie", func(s string) bool {
			r := d.request(http.MethodGet, "/api/xiaoer/desk", nil)
			r.Header.Set("Cookie", "xiaoer="+s)
			return d.send(r).status == http.StatusOK
		}},
		"a query": {"nothing", func(s string) bool {
			return d.send(d.request(http.MethodGet, "/api/xiaoer/desk?token="+s+"&access_token="+s+"&authorization="+s+"&token="+s, nil)).status == http.StatusOK
		}},
		"a file's key": {"nothing", func(s string) bool {
			return d.send(d.request(http.MethodGet, "/files/"+strings.Repeat("a", 32)+"?key="+s, nil)).status == http.StatusOK
		}},
	}
	for door, c := range doors {
		for name, secret := range secrets {
			if strings.ContainsAny(secret, "{[") && door == "a query" {
				continue
			}
			if got, want := c.try(secret), name == c.opens; got != want {
				t.Errorf("%s with %s: %t", door, name, got)
			}
		}
	}
	for name, secret := range secrets {
		l := d.dial(&somebody{token: secret}, nil)
		if open := l.code == 0; open != (name == "visitor" || name == "staff") {
			t.Errorf("a socket with %s: closed %d", name, l.code)
		}
	}
}

func flip(c byte) string {
	if c == 'A' {
		return "B"
	}
	return "A"
}

func (d *theDesk) bearer(path, secret string) bool {
	d.t.Helper()
	r := d.request(http.MethodGet, path, nil)
	r.Header.Set("Authorization", "Bearer "+secret)
	return d.send(r).status == http.StatusOK
}

// C45. What a body says beyond what it is asked for is not taken.
func TestBodiesSayNoMoreThanTheyAreAsked(t *testing.T) {
	t.Parallel()
	d := furnishedDesk(t)
	owner, agent, guest := d.people[access.Owner], d.people[access.Agent], d.people[visitor]
	ownerRole, err := access.RoleByKey(d.app, access.Owner)
	d.must(err)
	evil := object{
		"id": "evilevilevilevi", "created": "2020-01-01", "role": ownerRole.Id, "disabled": false, "must_change": false, "password": "orange-Kettle-43", "tokenKey": strings.Repeat("x", 50),
		"verified": true, "permissions": access.Permissions, "cap": 199, "assignee": agent.id, "staff": owner.id, "sender": "staff:" + owner.id, "from": object{"kind": "staff", "id": owner.id},
		"staff_only": true, "seq": 1, "contact": "evilevilevilevi", "customer": "evilevilevilevi", "external_id": "evil", "blocked": false, "uses": 99, "recalled": true, "hash": "x",
	}
	with := func(body object) object { out := maps.Clone(evil); maps.Copy(out, body); return out }

	d.call(guest, http.MethodPost, "/api/xiaoer/visitor/messages", with(object{"id": "v1", "kind": "text", "text": "我是客户"}))
	m := d.row("messages", "client_id", "v1")
	if m.GetString("sender") != "visitor:"+guest.id || m.GetBool("staff_only") || m.GetBool("recalled") || m.GetInt("seq") == 1 || m.GetString("contact") != guest.id {
		t.Errorf("a message was made %v", m.FieldsData())
	}
	d.call(owner, http.MethodPost, "/api/xiaoer/staff", with(object{"email": "evil@example.com", "nickname": "新来的", "role": access.ReadOnly}))
	s := d.row("staff", "email", "evil@example.com")
	if s.Id == evil["id"] || s.GetString("role") == ownerRole.Id || s.ValidatePassword("orange-Kettle-43") || s.TokenKey() == evil["tokenKey"] {
		t.Errorf("an account was made %v", s.FieldsData())
	}
	d.call(agent, http.MethodPut, "/api/xiaoer/desk/preferences", with(object{"theme": "dark"}))
	if a := d.row("staff", "id", agent.id); a.GetString("role") == ownerRole.Id || a.GetInt("cap") != 200 || a.GetString("theme") != "dark" {
		t.Errorf("somebody prefers to be %v", a.FieldsData())
	}
	d.call(owner, http.MethodPost, "/api/xiaoer/quick-replies", with(object{"code": "evil", "text": "x", "scope": "shop"}))
	if q := d.row("quick_replies", "code", "evil"); q.Id == evil["id"] || q.GetInt("uses") != 0 {
		t.Errorf("a quick reply was made %v", q.FieldsData())
	}
	customer := d.customerOf(d.waiting())
	d.call(agent, http.MethodPatch, "/api/xiaoer/customers/"+customer, with(object{"level": "金卡"}))
	if c := d.row("customers", "id", customer); c.GetString("level") != "金卡" || c.GetString("external_id") != "" {
		t.Errorf("a customer was made %v", c.FieldsData())
	}
	conversation := d.waiting().Conversation
	d.dial(agent, nil).say(with(object{"type": "send", "id": "s1", "conversation": conversation, "kind": "text", "text": "您好"}))
	if m := d.row("messages", "client_id", "s1"); m.GetString("sender") != "staff:"+agent.id || m.GetBool("staff_only") {
		t.Errorf("a reply was made %v", m.FieldsData())
	}
}

func (d *theDesk) row(collection, field, value string) *core.Record {
	d.t.Helper()
	r, err := d.app.FindFirstRecordByData(collection, field, value)
	d.must(err)
	return r
}

// C52. An act on two things asks for the right to both.
func TestActsOnTwoThingsAskForBoth(t *testing.T) {
	t.Parallel()
	d := furnishedDesk(t)
	agent := d.people[access.Agent]
	mine, foreign := d.waiting(), d.foreign()
	d.hire(leaver, nil)
	gone := d.people[leaver]
	d.must(access.Disable(d.app, nil, gone.id))
	l := d.dial(agent, nil)
	if a := l.say(frame{"type": "take", "id": "t", "conversation": mine.Conversation}); a["type"] != "ack" {
		t.Fatalf("take: %v", a)
	}
	file := d.upload(agent, mine.Conversation)
	other := d.waiting()
	for name, c := range map[string]struct {
		frame frame
		code  string
	}{
		"a quote from a hidden thread":   {frame{"type": "send", "kind": "text", "text": "x", "conversation": mine.Conversation, "quote": foreign.ID}, "not_found"},
		"a file of another thread":       {frame{"type": "send", "kind": "image", "file": file, "conversation": other.Conversation}, "file_gone"},
		"a file that is not there":       {frame{"type": "send", "kind": "image", "file": strings.Repeat("a", 32), "conversation": mine.Conversation}, "file_gone"},
		"handed to nobody":               {frame{"type": "transfer", "conversation": mine.Conversation, "staff": missing}, "not_found"},
		"handed to who is gone":          {frame{"type": "transfer", "conversation": mine.Conversation, "staff": gone.id}, "not_found"},
		"handed to no group":             {frame{"type": "transfer", "conversation": mine.Conversation, "group": missing}, "not_found"},
		"handed on from a hidden one":    {frame{"type": "transfer", "conversation": foreign.Conversation, "group": d.groups[0]}, "not_found"},
		"handed to a person and a group": {frame{"type": "transfer", "conversation": mine.Conversation, "group": d.groups[1], "staff": d.people[access.Owner].id}, "invalid"},
		"another's message taken back":   {frame{"type": "recall", "message": mine.ID}, "not_found"},
	} {
		c.frame["id"] = fmt.Sprint("y", d.next())
		if c.frame["type"] == "transfer" && c.frame["staff"] == d.people[access.Owner].id {
			d.must(access.SetPresence(d.app, d.people[access.Owner].id, access.Online, ""))
		}
		if a := l.say(c.frame); a["type"] != "refused" || a["code"] != c.code {
			t.Errorf("%s: %v, want %s", name, a, c.code)
		}
	}
	for name, a := range map[string]answered{
		"a file for a hidden thread": d.call(agent, http.MethodPost, "/api/xiaoer/files", upload{"id": "h1", "conversation": foreign.Conversation}),
		"a tag that is not there":    d.call(agent, http.MethodPut, "/api/xiaoer/conversations/"+mine.Conversation+"/tags", object{"tags": []string{missing}}),
		"a note of another customer": d.call(agent, http.MethodDelete, "/api/xiaoer/customers/"+d.customerOf(mine)+"/notes/"+d.noteOn(d.customerOf(other), agent), nil),
	} {
		if a.status != http.StatusNotFound {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}

// foreign is a message in a conversation of another group, which an agent of the
// first does not see.
func (d *theDesk) foreign() *conversations.Message {
	d.t.Helper()
	m := d.waiting()
	boss, err := access.ByID(d.app, d.people[access.Owner].id)
	d.must(err)
	_, err = conversations.Transfer(d.app, boss, fmt.Sprint("f", d.next()), m.Conversation, conversations.Destination{Group: d.groups[2]})
	d.must(err)
	return m
}

func (d *theDesk) upload(who *somebody, conversation string) string {
	d.t.Helper()
	a := d.call(who, http.MethodPost, "/api/xiaoer/files", upload{"id": fmt.Sprint("u", d.next()), "conversation": conversation})
	var in struct{ File struct{ ID string } }
	d.must(json.Unmarshal(a.body, &in))
	return in.File.ID
}
