package protocol_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
)

// browser signs somebody in at the page of a server and returns the cookie.
func (s *shop) browser(at *httptest.Server, id string) string {
	s.t.Helper()
	p, err := access.ByID(s.app, id)
	if err != nil {
		s.t.Fatal(err)
	}
	res, err := at.Client().PostForm(at.URL+"/sign-in", url.Values{"identity": {p.Email}, "password": {password}})
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	for _, c := range res.Cookies() {
		if c.Name == "xiaoer" {
			return "xiaoer=" + c.Value
		}
	}
	s.t.Fatalf("no cookie: %s", res.Status)
	return ""
}

// console opens the socket of a browser.
func (s *shop) console(cookie string) *client {
	s.t.Helper()
	c := s.dial(http.Header{"Origin": {s.server.URL}, "Cookie": {cookie}})
	c.say(frame{"type": "hello"})
	return c
}

// within holds that a socket is closed with a code, and soon.
func (c *client) within(t *testing.T, what string, begun time.Time, code int) {
	t.Helper()
	got, at := c.cut()
	if took := at.Sub(begun); got != code || took > soon() {
		t.Errorf("%s: closed with %d after %s, want %d", what, got, took, code)
	}
}

func (s *shop) rule(change func(*access.Security)) {
	s.t.Helper()
	rules := access.SecurityOf(s.app)
	change(&rules)
	if err := access.SaveSecurity(s.app, rules); err != nil {
		s.t.Fatal(err)
	}
}

// A second browser of an agent's ends the first, whichever process let it in; a
// program's token neither ends one nor is ended.
func TestSecondSignInEndsTheFirst(t *testing.T) {
	t.Parallel()
	s := open(t)
	id, token := s.hire("客服-小满", "agent")
	program := s.hello(token, "")
	first := s.console(s.browser(s.server, id))
	first.wait("ready")
	begun := time.Now()
	cookie := s.browser(s.server, id)
	first.within(t, "this process", begun, 4409)
	second := s.console(cookie)
	second.wait("ready")
	elsewhere := desktest.Serve(t, another(t, s.app))
	begun = time.Now()
	s.browser(elsewhere, id)
	second.within(t, "another process", begun, 4409)
	again := s.console(cookie)
	if code, _ := again.closed(); code != 4409 { // it slept meanwhile
		t.Errorf("the cookie that was ended: %d", code)
	}
	program.say(frame{"type": "ping"})
	program.wait("pong")
}

// What ends between the upgrade and the hello is over.
func TestSignInEndsBeforeTheHello(t *testing.T) {
	t.Parallel()
	s := open(t)
	id, _ := s.hire("客服-小满", "agent")
	c := s.dial(http.Header{"Origin": {s.server.URL}, "Cookie": {s.browser(s.server, id)}})
	if err := access.EndSignIns(s.app, id, ""); err != nil {
		t.Fatal(err)
	}
	c.say(frame{"type": "hello"})
	if code, _ := c.closed(); code != 4401 {
		t.Errorf("closed with %d", code)
	}
}

// Nobody else does anything, and the open socket of a sign-in that has come to
// its end is closed all the same. What clients send by themselves is no use; a
// command is.
func TestIdleSocketsEnd(t *testing.T) {
	t.Parallel()
	s := open(t)
	id, token := s.hire("客服-小满", "owner")
	idle, busy := s.console(s.browser(s.server, id)), s.console(s.browser(s.server, id))
	idle.wait("ready")
	busy.wait("ready")
	program := s.hello(token, "")
	past := func(set dbx.Params, kind string) {
		t.Helper()
		if _, err := s.app.DB().Update("sign_ins", set, dbx.HashExp{"kind": kind}).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	long := types.NowDateTime().Add(-13 * time.Hour).String()
	past(dbx.Params{"seen": types.NowDateTime().Add(-2 * time.Minute).String()}, "console")
	if err := access.Prefer(s.app, id, "zh-CN", "dark"); err != nil { // what was read is read again
		t.Fatal(err)
	}
	idle.say(frame{"type": "ping"})
	idle.wait("pong")
	busy.say(frame{"type": "viewing"})
	busy.say(frame{"type": "ping"})
	busy.wait("pong")
	if _, err := s.app.DB().NewQuery("UPDATE sign_ins SET seen = {:long} WHERE kind = 'console' AND seen < {:minute}").
		Bind(dbx.Params{"long": long, "minute": types.NowDateTime().Add(-time.Minute).String()}).Execute(); err != nil {
		t.Fatal(err)
	}
	idle.within(t, "idle", time.Now(), 4401)
	busy.say(frame{"type": "ping"})
	busy.wait("pong")

	begun := time.Now()
	past(dbx.Params{"ends": types.NowDateTime().Add(-time.Second).String()}, "api")
	program.within(t, "a token at its end", begun, 4401)
}

// Who has something to do first is let in nowhere: not with a hello, and not with
// the next command of an open socket.
func TestDutiesCloseSockets(t *testing.T) {
	t.Parallel()
	s := open(t)
	id, token := s.hire("客服-小满", "agent")
	cookie := s.browser(s.server, id)
	open := s.console(cookie)
	open.wait("ready")
	s.rule(func(r *access.Security) { r.TwoStep = []string{access.Agent} })
	begun := time.Now()
	open.say(frame{"type": "viewing"})
	open.within(t, "an open socket", begun, 4401)
	for name, c := range map[string]*client{"cookie": s.console(cookie), "token": s.dial(nil)} {
		if name == "token" {
			c.say(frame{"type": "hello", "token": token})
		}
		if code, _ := c.closed(); code != 4401 {
			t.Errorf("hello by %s: %d", name, code)
		}
	}
}
