package setup_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/setup"
)

func serve(t testing.TB) (*tests.TestApp, *httptest.Server, string) {
	t.Helper()
	app := desktest.New(t)
	s := desktest.Serve(t, app)
	path, err := setup.Invite(app)
	if err != nil || len(path) != len("/setup/")+43 {
		t.Fatalf("invitation %q, %v", path, err)
	}
	return app, s, path
}

func filled(change ...string) url.Values {
	form := url.Values{
		"shop": {"禾野优选"}, "colour": {"#2b6a4d"}, "nickname": {"小满"}, "email": {"Owner@heye.cn"},
		"phone": {"138 0013 8000"}, "password": {"correct-horse-7"},
	}
	for i := 0; i < len(change); i += 2 {
		form.Set(change[i], change[i+1])
	}
	return form
}

func send(t testing.TB, s *httptest.Server, method, path string, form url.Values) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(raw)
}

func TestWizardMakesAWholeShop(t *testing.T) {
	t.Parallel()
	app, s, path := serve(t)
	if res, text := send(t, s, http.MethodGet, path, nil); res.StatusCode != http.StatusOK || !strings.Contains(text, `name="shop"`) {
		t.Fatalf("page: %d", res.StatusCode)
	}
	res, _ := send(t, s, http.MethodPost, path, filled())
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/desk" || len(res.Cookies()) != 1 {
		t.Fatalf("sent: %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	if shop := settings.ShopOf(app); shop.Name != "禾野优选" || shop.Colour != "#2b6a4d" || shop.Language != "zh-CN" {
		t.Errorf("shop: %+v", shop)
	}
	people, err := access.People(app)
	if err != nil || len(people) != 1 {
		t.Fatalf("people: %v, %v", people, err)
	}
	p := people[0]
	if p.Email != "owner@heye.cn" || p.Phone != "13800138000" || p.Role != access.Owner || p.Presence != access.Online || len(p.Groups) != 3 {
		t.Errorf("owner: %+v", p)
	}
	su, err := app.FindAuthRecordByEmail(core.CollectionNameSuperusers, "owner@heye.cn")
	if err != nil || !su.ValidatePassword("correct-horse-7") {
		t.Errorf("the dashboard does not open: %v", err)
	}
	c, err := channels.Default(app)
	if err != nil || len(c.Entries()) != 5 || c.Colour() != "#2b6a4d" || !strings.Contains(c.Greeting(), "禾野优选") {
		t.Errorf("channel: %v, %v", c, err)
	}
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, nil)
	r.AddCookie(res.Cookies()[0])
	if _, err := access.ByCookie(app, r); err != nil {
		t.Errorf("the owner is not signed in: %v", err)
	}
}

func TestLinkWorksOnce(t *testing.T) {
	t.Parallel()
	app, s, path := serve(t)
	for name, wrong := range map[string]string{"guessed": "/setup/" + strings.Repeat("A", 43), "short": "/setup/x", "cut": path[:len(path)-1]} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if res, _ := send(t, s, method, wrong, filled()); res.StatusCode != http.StatusNotFound {
				t.Errorf("%s %s: %d", method, name, res.StatusCode)
			}
		}
	}
	var wait sync.WaitGroup
	opened := make(chan int, 4)
	for _, email := range []string{"a@heye.cn", "b@heye.cn", "c@heye.cn", "d@heye.cn"} {
		wait.Go(func() {
			res, _ := send(t, s, http.MethodPost, path, filled("email", email, "nickname", email[:1]))
			opened <- res.StatusCode
		})
	}
	wait.Wait()
	close(opened)
	count := map[int]int{}
	for status := range opened {
		count[status]++
	}
	if n, err := access.Owners(app); err != nil || n != 1 || count[303] != 1 || count[410] != 3 {
		t.Errorf("owners %d, answers %v, %v", n, count, err)
	}
	for _, again := range []string{path, "/setup/anything"} {
		if res, text := send(t, s, http.MethodGet, again, nil); res.StatusCode != http.StatusGone || !strings.Contains(text, "/sign-in") {
			t.Errorf("%s afterwards: %d", again, res.StatusCode)
		}
	}
	if path, err := setup.Invite(app); err != nil || path != "" {
		t.Errorf("a shop with an owner invites: %q, %v", path, err)
	}
}

// Each field says what is wrong with it, and what was typed stays.
func TestWrongInputStays(t *testing.T) {
	t.Parallel()
	app, s, path := serve(t)
	for field, value := range map[string]string{
		"shop": " ", "colour": "red", "nickname": "", "email": "nobody", "phone": "12", "password": "12345678",
	} {
		res, text := send(t, s, http.MethodPost, path, filled(field, value))
		if res.StatusCode != http.StatusUnprocessableEntity || strings.Count(text, "pg-error") != 1 {
			t.Errorf("%s: %d with %d errors", field, res.StatusCode, strings.Count(text, "pg-error"))
		}
		if strings.Contains(text, "correct-horse-7") {
			t.Error("the password came back")
		}
		if field != "shop" && !strings.Contains(text, `value="禾野优选"`) {
			t.Errorf("%s: what was typed is lost", field)
		}
	}
	if n, err := access.Owners(app); err != nil || n != 0 {
		t.Errorf("owners: %d, %v", n, err)
	}
}

func TestOwnerByCommand(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	run := func(password string, args ...string) (string, error) {
		var out strings.Builder
		c := setup.Commands(app)[0]
		c.SilenceErrors, c.SilenceUsage = true, true
		c.SetArgs(append([]string{"add"}, args...))
		c.SetIn(strings.NewReader(password + "\n"))
		c.SetOut(&out)
		err := c.ExecuteContext(t.Context())
		return out.String(), err
	}
	if _, err := run("12345678", "owner@heye.cn", "--password-stdin"); fail.Of(err).Kind != fail.Invalid {
		t.Errorf("a common password: %v", err)
	}
	if _, err := run("", "owner@heye.cn"); fail.Of(err).Kind != fail.Invalid {
		t.Errorf("no password: %v", err)
	}
	out, err := run("correct-horse-7", "owner@heye.cn", "--shop", "禾野优选", "--password-stdin", "--json")
	if err != nil || !strings.Contains(out, `"role":"owner"`) {
		t.Fatalf("%v %s", err, out)
	}
	if _, err = channels.Default(app); err != nil || settings.ShopOf(app).Name != "禾野优选" {
		t.Errorf("the shop is not furnished: %v", err)
	}
	if _, err = run("correct-horse-8", "second@heye.cn", "--nickname", "合伙人", "--shop", "别家", "--password-stdin"); err != nil {
		t.Errorf("a second owner: %v", err)
	}
	if settings.ShopOf(app).Name != "禾野优选" {
		t.Error("a second owner renames the shop")
	}
}
