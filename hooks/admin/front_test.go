package admin_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
)

const password = "orange-Kettle-42"

// shop is a running desk with an owner and an agent.
func shop(t *testing.T) *httptest.Server {
	t.Helper()
	app := desktest.New(t)
	if err := access.EnsureGroups(app); err != nil {
		t.Fatal(err)
	}
	if _, err := channels.Add(app, channels.New{Name: "官网"}); err != nil {
		t.Fatal(err)
	}
	for role, name := range map[string]string{access.Owner: "店主", access.Agent: "客服小安"} {
		if _, err := access.AddStaff(app, nil, access.Newcomer{Email: role + "@example.com", Nickname: name, Password: password, Role: role}); err != nil {
			t.Fatal(err)
		}
	}
	return desktest.Serve(t, app)
}

// browser signs somebody in and returns what opens pages as they would.
func browser(t *testing.T, s *httptest.Server, role string) func(path string, header ...string) string {
	t.Helper()
	client := *s.Client()
	client.Jar, _ = cookiejar.New(nil)
	answer, err := client.PostForm(s.URL+"/sign-in", url.Values{"identity": {role + "@example.com"}, "password": {password}})
	if err != nil || answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("sign in: %v, %v", answer, err)
	}
	_ = answer.Body.Close()
	return func(path string, header ...string) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		body, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d, %v", path, answer.StatusCode, err)
		}
		return string(body)
	}
}

func TestFrontSaysWhatToDoToWhoMayDoIt(t *testing.T) {
	t.Parallel()
	s := shop(t)
	owner, agent := browser(t, s, access.Owner)("/admin"), browser(t, s, access.Agent)("/admin")
	for _, way := range []string{`href="/admin/channels"`, `href="/account/two-step"`} {
		if !strings.Contains(owner, way) {
			t.Errorf("the owner is not led to %s", way)
		}
		if strings.Contains(agent, way) {
			t.Errorf("the agent is led to %s, where they may not go", way)
		}
	}
	if !strings.Contains(agent, "客服小安") || !strings.Contains(agent, "都安排好了") {
		t.Error("the agent does not see how things stand")
	}
}

// What moves on the page is asked for alone, and does not bring the page along.
func TestFrontAnswersWithWhatMoves(t *testing.T) {
	t.Parallel()
	part := browser(t, shop(t), access.Owner)("/admin", "HX-Request", "true", "HX-Request-Type", "partial")
	if strings.Contains(part, "<html") || !strings.HasPrefix(strings.TrimSpace(part), `<div id="now"`) {
		t.Errorf("answered with %.200s", part)
	}
}

func TestSearchFindsWhatMayBeOpened(t *testing.T) {
	t.Parallel()
	s := shop(t)
	owner, agent := browser(t, s, access.Owner), browser(t, s, access.Agent)
	for query, want := range map[string]struct {
		path         string
		owner, agent bool
	}{
		"备份":          {"/admin/backups", true, false},
		"对象存储":        {"/admin/backups", true, false}, // by the area's further words
		"官网":          {"/admin/channels/", true, false},
		"概览":          {`href="/admin"`, true, true},
		"没有这个词的东西":    {"<li>", false, false},
		"":            {"<li>", false, false},
		"<script>x":   {"<script>x", false, false},
		"%' OR 1=1 -": {"<li>", false, false},
	} {
		path := "/admin/search?q=" + url.QueryEscape(query)
		part := []string{"HX-Request", "true", "HX-Request-Type", "partial"}
		if got := strings.Contains(owner(path, part...), want.path); got != want.owner {
			t.Errorf("%q: the owner finds %s: %t", query, want.path, got)
		}
		if got := strings.Contains(agent(path, part...), want.path); got != want.agent {
			t.Errorf("%q: the agent finds %s: %t", query, want.path, got)
		}
	}
}
