package console_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

func TestDraftsAreOnesOwn(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.ask("在吗")
	writer, colleague := s.hire(access.Agent), s.hire(access.Agent)
	at := "PUT conversations/" + v.conversation + "/draft"
	s.call(writer, at, object{"reply": "您", "mode": "reply"}, http.StatusOK, nil)
	s.call(writer, at, object{"reply": "您好", "note": "老客户", "mode": "note"}, http.StatusOK, nil)
	want := []object{{"conversation": v.conversation, "reply": "您好", "note": "老客户", "mode": "note"}}
	if got := s.drafts(writer); !reflect.DeepEqual(got, want) {
		t.Errorf("drafts = %v", got)
	}
	if got := s.drafts(colleague); len(got) != 0 {
		t.Errorf("a colleague reads %v", got)
	}
	s.call(writer, at, object{"reply": "x", "mode": "shout"}, http.StatusUnprocessableEntity, nil)
	s.call(writer, at, object{"note": strings.Repeat("长", 20001)}, http.StatusUnprocessableEntity, nil)
	s.call(writer, "PUT conversations/nope/draft", object{"reply": "x"}, http.StatusNotFound, nil)
	s.call(colleague, at, object{"reply": ""}, http.StatusOK, nil) // forgets their own, which is none
	if got := s.drafts(writer); len(got) != 1 {
		t.Error("a colleague forgot it")
	}
}

func (s *shop) drafts(who someone) []object {
	s.t.Helper()
	var got struct{ Drafts []object }
	s.call(who, "GET drafts", nil, http.StatusOK, &got)
	for _, d := range got.Drafts {
		delete(d, "updated")
	}
	return got.Drafts
}

// A note that is open stays open without a word in it: what is typed next is to
// be a note, also after a reload and on the next machine.
func TestAnOpenNoteIsKeptWithoutWords(t *testing.T) {
	t.Parallel()
	s := open(t)
	v, writer := s.ask("在吗"), s.hire(access.Agent)
	at := "PUT conversations/" + v.conversation + "/draft"
	var got keptDraft
	s.call(writer, at, object{"mode": "note"}, http.StatusOK, &got)
	if list := s.drafts(writer); len(list) != 1 || list[0]["mode"] != "note" {
		t.Errorf("drafts = %v", list)
	}
	s.call(writer, at, object{"mode": "reply", "after": got.Draft.Updated}, http.StatusOK, nil)
	if list := s.drafts(writer); len(list) != 0 {
		t.Errorf("left: %v", list)
	}
}

type keptDraft struct {
	Draft    struct{ Reply, Note, Updated string }
	Replaced *struct{ Reply, Note string }
}

func TestTheNewestDraftWinsAndNothingIsLost(t *testing.T) {
	t.Parallel()
	s := open(t)
	v, writer := s.ask("在吗"), s.hire(access.Agent)
	at := "PUT conversations/" + v.conversation + "/draft"
	keep := func(text, after string) (got keptDraft) {
		t.Helper()
		s.call(writer, at, object{"reply": text, "mode": "reply", "after": after}, http.StatusOK, &got)
		return got
	}
	first := keep("在家写的", "")
	if next := keep("在家写的，接着写", first.Draft.Updated); next.Replaced != nil {
		t.Errorf("going on replaced %v", next.Replaced)
	}
	other := keep("在店里写的", first.Draft.Updated) // which has not heard of what was written at home
	if other.Replaced == nil || other.Replaced.Reply != "在家写的，接着写" {
		t.Errorf("replaced = %v", other.Replaced)
	}
	if sent := keep("", first.Draft.Updated); sent.Draft.Reply != "在店里写的" {
		t.Errorf("what was sent at home took %q with it", sent.Draft.Reply)
	}
	var now keptDraft
	s.call(writer, "GET conversations/"+v.conversation+"/draft", nil, http.StatusOK, &now)
	if now.Draft.Reply != "在店里写的" || now.Draft.Updated != other.Draft.Updated {
		t.Errorf("kept = %v", now.Draft)
	}
	if gone := keep("", now.Draft.Updated); gone.Draft.Updated != "" || len(s.drafts(writer)) != 0 {
		t.Errorf("left: %v", gone)
	}
}

// Who is named in a note is told when they come, until they have looked; who may
// not see the conversation cannot be named.
func TestMentionsWaitUntilTheyAreSeen(t *testing.T) {
	t.Parallel()
	s := open(t)
	v, writer, colleague := s.ask("在吗"), s.hire(access.Agent), s.hire(access.Agent)
	var able struct{ Staff []string }
	s.call(writer, "GET conversations/"+v.conversation+"/mentionable", nil, http.StatusOK, &able)
	if !slices.Contains(able.Staff, colleague.id) {
		t.Errorf("mentionable = %v", able.Staff)
	}
	p, err := access.ByID(s.app, writer.id)
	if err != nil {
		t.Fatal(err)
	}
	m, err := conversations.PostAsStaff(s.app, p, conversations.Draft{
		ID: "n1", Conversation: v.conversation, Kind: conversations.Note, Text: "看一下", Data: json.RawMessage(`{"mentions":["` + colleague.id + `"]}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	type desk struct {
		Mentions []struct{ Conversation, Message, By string }
	}
	var told, other desk
	s.call(colleague, "GET desk", nil, http.StatusOK, &told)
	s.call(writer, "GET desk", nil, http.StatusOK, &other)
	if len(told.Mentions) != 1 || told.Mentions[0].Message != m.ID || told.Mentions[0].By != p.Nickname || len(other.Mentions) != 0 {
		t.Fatalf("mentions = %v and %v", told, other)
	}
	s.call(writer, "POST conversations/"+v.conversation+"/mention/seen", nil, http.StatusNoContent, nil)
	s.call(colleague, "GET desk", nil, http.StatusOK, &told)
	if len(told.Mentions) != 1 {
		t.Error("somebody else has seen it for them")
	}
	s.call(colleague, "POST conversations/"+v.conversation+"/mention/seen", nil, http.StatusNoContent, nil)
	var seen desk
	s.call(colleague, "GET desk", nil, http.StatusOK, &seen)
	if len(seen.Mentions) != 0 {
		t.Errorf("mentions = %v", seen)
	}
}

func TestReadingsAreOfWhatOneMayFind(t *testing.T) {
	t.Parallel()
	s := open(t)
	agent, other := s.hire(access.Agent), s.hire(access.Agent)
	s.call(agent, "POST quick-replies", object{"title": "麤", "text": "绿行"}, http.StatusCreated, nil)
	var mine, theirs struct{ Readings map[string]string }
	s.call(agent, "GET desk/readings", nil, http.StatusOK, &mine)
	s.call(other, "GET desk/readings", nil, http.StatusOK, &theirs)
	if mine.Readings["麤"] != "cu" || mine.Readings["绿"] == "" {
		t.Errorf("readings = %v", mine.Readings)
	}
	if theirs.Readings["麤"] != "" {
		t.Error("a colleague's own quick reply shows through its characters")
	}
}
