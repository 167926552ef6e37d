package health_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
)

// asked is what GET /metrics answers.
func asked(t *testing.T, token string, authorization ...string) (status int, body string) {
	t.Helper()
	app := desktest.Bare(t)
	hooks.Register(app, &hooks.Config{MetricsToken: token})
	return read(t, desktest.Serve(t, app), authorization...)
}

// read is what GET /metrics of a desk that is served answers.
func read(t *testing.T, server *httptest.Server, authorization ...string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range authorization {
		request.Header.Set("Authorization", a)
	}
	answer, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(raw)
}

const token = "a-token-of-some-length"

func TestMetricsAreForWhoHasTheToken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		token, sent string
		want        int
	}{
		{"", "", http.StatusNotFound},
		{"", "Bearer ", http.StatusNotFound},
		{token, "", http.StatusUnauthorized},
		{token, "Bearer another", http.StatusUnauthorized},
		{token, "Bearer " + token, http.StatusOK},
	} {
		if got, _ := asked(t, c.token, c.sent); got != c.want {
			t.Errorf("token %q, sent %q: %d, want %d", c.token, c.sent, got, c.want)
		}
	}
}

// labels are those that a metric of ours may have, each with few values.
var labels = map[string]bool{"version": true, "side": true, "status": true, "file": true, "le": true}

func TestMetricsTellFiguresAndNobody(t *testing.T) {
	t.Parallel()
	_, body := asked(t, token, "Bearer "+token)
	for _, want := range []string{
		`xiaoer_build_info{version="`, `xiaoer_sockets{side="visitor"} 0`, "xiaoer_outbox_late 0", "xiaoer_disk_free_bytes ", "xiaoer_writes_healthy 1", "go_goroutines ",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("lacks %s", want)
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^xiaoer_\w+\{(.*)\}`).FindAllStringSubmatch(body, -1) {
		for _, label := range regexp.MustCompile(`(\w+)="`).FindAllStringSubmatch(m[1], -1) {
			if !labels[label[1]] {
				t.Errorf("%s has the label %s", m[0], label[1])
			}
		}
	}
}

// At an address of their own they need no token, and there is nothing else.
func TestMetricsHaveAnAddressOfTheirOwn(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	own := l.Addr().String()
	if err = l.Close(); err != nil {
		t.Fatal(err)
	}
	app := desktest.Bare(t)
	hooks.Register(app, &hooks.Config{Metrics: own})
	app.OnServe().Bind(&hook.Handler[*core.ServeEvent]{Priority: -1, Func: func(e *core.ServeEvent) error {
		e.Server.BaseContext = func(net.Listener) context.Context { return t.Context() }
		return e.Next()
	}})
	server := desktest.Serve(t, app)
	for url, want := range map[string]int{
		"http://" + own + "/metrics":    http.StatusOK,
		"http://" + own + "/":           http.StatusNotFound,
		"http://" + own + "/api/health": http.StatusNotFound,
		server.URL + "/metrics":         http.StatusNotFound,
	} {
		request, failed := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if failed != nil {
			t.Fatal(failed)
		}
		answer, failed := server.Client().Do(request)
		if failed != nil {
			t.Fatal(failed)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%s: %d, want %d", url, answer.StatusCode, want)
		}
	}
	if err = app.OnTerminate().Trigger(&core.TerminateEvent{App: app}); err != nil {
		t.Fatal(err)
	}
	if c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", own); err == nil {
		_ = c.Close()
		t.Error("it is served after the end")
	}
}
