package hooks_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
)

// The most that a first visit may cost on the wire, compressed: on a phone's
// poor connection at the visitor's side, many times a day at the agent's.
const (
	widgetBudget  = 10 << 10
	chatBudget    = 60 << 10
	consoleBudget = 120 << 10
)

func TestPagesStayWithinTheirBudgets(t *testing.T) {
	app := desktest.New(t)
	if err := access.EnsureGroups(app); err != nil {
		t.Fatal(err)
	}
	if _, err := channels.Add(app, channels.New{Name: "禾野优选", Default: true}); err != nil {
		t.Fatal(err)
	}
	const password = "orange-Kettle-42"
	if _, err := access.AddStaff(app, nil, access.Newcomer{Email: "ann@example.com", Nickname: "小安", Password: password, Role: "agent"}); err != nil {
		t.Fatal(err)
	}
	v := &visit{t: t, server: desktest.Serve(t, app)}
	v.server.Client().Jar, _ = cookiejar.New(nil)
	for _, page := range []struct {
		path   string
		budget int
	}{{"/widget.js", widgetBudget}, {"/chat", chatBudget}, {"/desk", consoleBudget}} {
		if page.path == "/desk" {
			v.signIn("ann@example.com", password)
		}
		v.bytes = map[string]int{}
		v.load(page.path)
		total := 0
		for _, n := range v.bytes {
			total += n
		}
		t.Logf("%s: %d bytes in %d files", page.path, total, len(v.bytes))
		if total > page.budget {
			t.Errorf("%s costs %d bytes, %d at the most: %v", page.path, total, page.budget, v.bytes)
		}
	}
}

// visit loads pages as a browser does, with everything that they ask for at
// once.
type visit struct {
	t      *testing.T
	server *httptest.Server
	bytes  map[string]int // on the wire, by path
}

func (v *visit) signIn(identity, password string) {
	v.t.Helper()
	answer, err := v.server.Client().PostForm(v.server.URL+"/sign-in", url.Values{"identity": {identity}, "password": {password}})
	if err != nil {
		v.t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusSeeOther {
		v.t.Fatalf("sign-in: %d", answer.StatusCode)
	}
}

var (
	inPage   = regexp.MustCompile(`(?:src|href)="(/static/[^"#]+)`)
	inScript = regexp.MustCompile(`(?m)^\s*(?:import|export)\b[^'"();]*?["'](\.[^"']+)["']`)
)

// load fetches what has not been fetched, and what it needs.
func (v *visit) load(address string) {
	v.t.Helper()
	if _, seen := v.bytes[address]; seen {
		return
	}
	wire := v.get(address, "gzip")
	v.bytes[address] = len(wire)
	if strings.HasPrefix(address, "/widget") {
		return // stands alone until it is opened
	}
	plain := v.get(address, "identity")
	switch path.Ext(address) {
	case "":
		if !strings.Contains(plain, "<html") {
			v.t.Fatalf("%s is no page", address)
		}
		for _, found := range inPage.FindAllStringSubmatch(plain, -1) {
			v.load(found[1])
		}
	case ".js":
		for _, found := range inScript.FindAllStringSubmatch(plain, -1) {
			v.load(path.Join(path.Dir(address), found[1]))
		}
	}
}

func (v *visit) get(address, encoding string) string {
	v.t.Helper()
	r, err := http.NewRequest(http.MethodGet, v.server.URL+address, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", encoding) // by hand, so that nothing is unpacked
	answer, err := v.server.Client().Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		v.t.Fatalf("%s: %d, %v", address, answer.StatusCode, err)
	}
	return string(body)
}
