package conversations_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
)

// staff is somebody of that role in a group of their own.
func staff(t testing.TB, app core.App, name, role string, groups ...string) *access.Person {
	t.Helper()
	s, err := access.AddStaff(app, nil, access.Newcomer{Email: name + "@example.com", Nickname: name, Password: "orange-Kettle-42", Role: role, Groups: groups})
	if err != nil {
		t.Fatal(err)
	}
	p, err := access.ByID(app, s.Id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func naming(id, conversation, text string, people ...*access.Person) conversations.Draft {
	ids := make([]string, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	raw := json.RawMessage(`{"mentions":["` + strings.Join(ids, `","`) + `"]}`)
	return conversations.Draft{ID: id, Conversation: conversation, Kind: conversations.Note, Text: text, Data: raw}
}

// A note that names colleagues tells them, once they can see it, and waits for
// them until they have.
func TestWhoIsNamedInANoteIsTold(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	told := make(chan notices.Notice, 8)
	notices.OnTell(app).BindFunc(func(e *notices.TellEvent) error { told <- e.Notice; return e.Next() })
	m := said(t, app)
	writer, colleague, other := staff(t, app, "an", access.Agent), staff(t, app, "yu", access.Agent), staff(t, app, "ze", access.Agent)
	note, err := conversations.PostAsStaff(app, writer, naming("n1", m.Conversation, "@yu 看一下", colleague, writer, colleague))
	if err != nil {
		t.Fatal(err)
	}
	if n := <-told; n.Code != notices.Mention || !slices.Equal(n.To, []string{colleague.ID}) || n.Conversation != m.Conversation {
		t.Errorf("told %+v", n)
	}
	waiting := func(p *access.Person) []conversations.Mention {
		t.Helper()
		return mentions(t, app, p)
	}
	if list := waiting(colleague); len(list) != 1 || list[0].Message != note.ID || list[0].By != writer.Nickname {
		t.Errorf("waits: %+v", list)
	}
	if len(waiting(writer)) != 0 || len(waiting(other)) != 0 {
		t.Error("it waits for somebody who was not named, or for its writer")
	}
	again, err := conversations.PostAsStaff(app, writer, naming("n1", m.Conversation, "@yu 看一下", colleague, writer, colleague))
	if err != nil || again.ID != note.ID || len(told) != 0 {
		t.Errorf("the same note again: %v, %d more notices", err, len(told))
	}
	if _, err := conversations.Recall(app, conversations.Staff(writer), "r1", note.ID); err != nil {
		t.Fatal(err)
	}
	if list := waiting(colleague); len(list) != 0 {
		t.Errorf("what was taken back still waits: %+v", list)
	}
}

// Nobody is named in what they may not see, nor told that it is there.
func TestOnlyWhoMaySeeCanBeNamed(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	writer := staff(t, app, "boss", access.Supervisor)
	groups := make([]string, 2)
	for i, name := range []string{"售前", "售后二组"} {
		g, err := access.AddGroup(app, nil, access.GroupDraft{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		groups[i] = g.Id
	}
	colleague, stranger := staff(t, app, "yu", access.Agent, groups[0]), staff(t, app, "ze", access.Agent, groups[1])
	m := said(t, app)
	_, err := conversations.Transfer(app, writer, "t", m.Conversation, conversations.Destination{Group: groups[0]})
	if err != nil {
		t.Fatal(err)
	}
	c, err := conversations.ByID(app, m.Conversation)
	if err != nil {
		t.Fatal(err)
	}
	able, err := conversations.Mentionable(app, c)
	if err != nil || !slices.Contains(able, colleague.ID) || slices.Contains(able, stranger.ID) {
		t.Errorf("mentionable = %v, %v", able, err)
	}
	for id, d := range map[string]conversations.Draft{
		"unseen":  naming("unseen", m.Conversation, "@ze", stranger),
		"unknown": naming("unknown", m.Conversation, "@谁", &access.Person{ID: "nobody"}),
		"shape":   {ID: "shape", Conversation: m.Conversation, Kind: conversations.Note, Text: "@x", Data: json.RawMessage(`{"mentions":"` + colleague.ID + `"}`)},
		"crowd":   naming("crowd", m.Conversation, "@", people(21)...),
	} {
		if _, err = conversations.PostAsStaff(app, writer, d); fail.Of(err).Kind != fail.Invalid {
			t.Errorf("%s: %v", id, err)
		}
	}
	if list := mentions(t, app, stranger); len(list) != 0 {
		t.Errorf("waits: %v", list)
	}
	if _, err = conversations.PostAsStaff(app, writer, naming("fine", m.Conversation, "@yu", colleague)); err != nil {
		t.Error(err)
	}
	if _, err = conversations.Transfer(app, writer, "t2", m.Conversation, conversations.Destination{Group: groups[1]}); err != nil {
		t.Fatal(err)
	}
	if list := mentions(t, app, colleague); len(list) != 0 {
		t.Errorf("one who no longer sees it is led there: %v", list)
	}
}

// said is what a customer has asked, in no group yet.
func said(t testing.TB, app core.App) *conversations.Message {
	t.Helper()
	m, err := conversations.PostAsVisitor(app, contact(t, app), text("q", "杯子碎了"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func mentions(t testing.TB, app core.App, p *access.Person) []conversations.Mention {
	t.Helper()
	list, err := conversations.Mentions(app, p)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func people(n int) []*access.Person {
	list := make([]*access.Person, n)
	for i := range list {
		list[i] = &access.Person{ID: strings.Repeat("x", i+1)}
	}
	return list
}
