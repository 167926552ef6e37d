package console_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

func TestAConversationIsPutOffBroughtBackAndMarkedUnread(t *testing.T) {
	t.Parallel()
	s := open(t)
	a, b := s.hire(access.Agent, s.group), s.hire(access.Agent, s.group)
	id := s.ask("在吗").conversation
	s.do(conversations.Take(s.app, s.person(a), "take", id))
	now := func() *conversations.Conversation {
		t.Helper()
		c, err := conversations.ByID(s.app, id)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	s.call(a, "PUT conversations/"+id+"/later", object{"until": time.Now().Add(-time.Minute)}, http.StatusUnprocessableEntity, nil)
	s.call(b, "PUT conversations/"+id+"/later", object{}, http.StatusConflict, nil)
	for _, until := range []object{{"until": time.Now().Add(time.Hour)}, {}} {
		s.call(a, "PUT conversations/"+id+"/later", until, http.StatusNoContent, nil)
		if c := now(); c.Status != conversations.Later || c.LaterUntil.IsZero() != (until["until"] == nil) {
			t.Errorf("%v: %s until %s", until, c.Status, c.LaterUntil)
		}
	}
	s.call(b, "DELETE conversations/"+id+"/later", nil, http.StatusConflict, nil)
	s.call(a, "DELETE conversations/"+id+"/later", nil, http.StatusNoContent, nil)
	if c := now(); c.Status != conversations.Open {
		t.Errorf("brought back: %s", c.Status)
	}

	for _, unread := range []bool{false, true} {
		s.call(a, "PUT conversations/"+id+"/unread", object{"unread": unread}, http.StatusNoContent, nil)
		if c := now(); c.Unread > 0 != unread {
			t.Errorf("unread %t: %d", unread, c.Unread)
		}
	}
	s.call(b, "PUT conversations/"+id+"/unread", object{"unread": true}, http.StatusForbidden, nil)
}
