package web_test

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/layout"
)

// ajax is what htmx sends along when it asks for a part of the page.
var ajax = []string{"HX-Request", "true", "HX-Request-Type", "partial", "HX-Current-URL", "http://desk/admin/things?q=a"}

func TestPartIsAnsweredWhereOnlyThatIsAskedFor(t *testing.T) {
	t.Parallel()
	s := serve(t, web.Config{}, func(e *core.RequestEvent) error {
		return web.ShowStatus(e, http.StatusUnprocessableEntity, templ.Raw("whole"), templ.Raw("part"))
	})
	for name, c := range map[string]struct {
		header []string
		want   string
	}{
		"a browser":        {nil, "whole"},
		"htmx":             {ajax, "part"},
		"htmx, whole":      {[]string{"HX-Request", "true", "HX-Request-Type", "full"}, "whole"},
		"htmx, going back": {append(slices.Clone(ajax), "HX-History-Restore-Request", "true"), "whole"},
	} {
		res, text := send(t, s, http.MethodGet, "/page", "", c.header...)
		if res.StatusCode != http.StatusUnprocessableEntity || text != c.want || res.Header.Get("Vary") != "HX-Request" {
			t.Errorf("%s: %d %q, Vary %q", name, res.StatusCode, text, res.Header.Get("Vary"))
		}
	}
}

// What goes wrong while a part is asked for leaves the page, and what was typed
// there, as it is.
func TestFailureOfAPartLeavesThePage(t *testing.T) {
	t.Parallel()
	var now error
	s := serve(t, web.Config{}, func(*core.RequestEvent) error { return now })
	now = errors.New("the cupboard is bare")
	res, text := send(t, s, http.MethodPost, "/page", "", ajax...)
	if res.StatusCode != http.StatusInternalServerError || res.Header.Get("HX-Retarget") != "#problem" || !strings.Contains(text, `role="alert"`) || strings.Contains(text, "<html") {
		t.Errorf("a fault: %d %v %s", res.StatusCode, res.Header, text)
	}
	now = fail.New(fail.Unauthorized, "fail.unauthorized")
	if res, _ = send(t, s, http.MethodPost, "/page", "", ajax...); res.Header.Get("HX-Redirect") != "/sign-in?next=%2Fadmin%2Fthings%3Fq%3Da" {
		t.Errorf("signed out: %d to %q", res.StatusCode, res.Header.Get("HX-Redirect"))
	}
	now = web.Elsewhere("/password")
	if res, _ = send(t, s, http.MethodGet, "/page", "", ajax...); res.Header.Get("HX-Redirect") != "/password" {
		t.Errorf("led elsewhere: %q", res.Header.Get("HX-Redirect"))
	}
}

func TestWhatWasDoneIsSaidOnce(t *testing.T) {
	t.Parallel()
	s := serve(t, web.Config{}, func(e *core.RequestEvent) error {
		if e.Request.Method == http.MethodPost {
			return web.DoneUndo(e, "/page", "/undo", "admin.search_lead", "Query", "<b>盐</b>")
		}
		return web.Render(e, layout.AdminPage(web.Admin(e, "", "things")))
	})
	res, _ := send(t, s, http.MethodPost, "/page", "", "Sec-Fetch-Site", "same-origin")
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/page" {
		t.Fatalf("done: %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	note, _, _ := strings.Cut(res.Header.Get("Set-Cookie"), ";")
	res, text := send(t, s, http.MethodGet, "/page", "", "Cookie", note)
	if !strings.Contains(text, "&lt;b&gt;盐&lt;/b&gt;") || !strings.Contains(text, `action="/undo"`) || !strings.Contains(res.Header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("said as %v\n%s", res.Header, text)
	}
	for _, forged := range []string{"xiaoer_flash=nonsense", "xiaoer_flash=eyJrIjoieCIsInUiOiJodHRwczovL2V2aWwifQ"} { // {"k":"x","u":"https://evil"}
		if _, text = send(t, s, http.MethodGet, "/page", "", "Cookie", forged); strings.Contains(text, "ad-flash") {
			t.Errorf("%s is said", forged)
		}
	}
	if res, _ = send(t, s, http.MethodPost, "/page", "", ajax...); res.Header.Get("HX-Redirect") != "/page" {
		t.Errorf("done by a script: %v", res.Header)
	}
}

func TestFormIsSavedOnlyOverWhatThePersonSaw(t *testing.T) {
	t.Parallel()
	kept := struct{ Name, Colour string }{"糖", "red"}
	s := serve(t, web.Config{}, func(e *core.RequestEvent) error {
		if err := web.Unchanged(e, kept); err != nil {
			if !web.IsConflict(err) {
				return errors.New("a conflict is not known as one")
			}
			return err
		}
		return e.NoContent(http.StatusNoContent)
	})
	seen := web.Version(kept)
	kept.Colour = "blue"
	for body, want := range map[string]int{
		"version=" + web.Version(kept): http.StatusNoContent,
		"version=" + seen:              http.StatusConflict,
		"":                             http.StatusConflict,
		"version=" + seen + "&over=" + web.Version(kept):            http.StatusNoContent,
		"version=" + seen + "&over=" + seen + "&over=0000000000000": http.StatusConflict,
	} {
		res, _ := send(t, s, http.MethodPost, "/page", body, "Content-Type", "application/x-www-form-urlencoded")
		if res.StatusCode != want {
			t.Errorf("%q: %d, want %d", body, res.StatusCode, want)
		}
	}
}

func TestListIsWhatItsAddressSays(t *testing.T) {
	t.Parallel()
	all := make([]int, 120)
	for i := range all {
		all[i] = i
	}
	spec := web.ListSpec{Sorts: []string{"-number", "name"}, Filters: []string{"odd"}}
	s := serve(t, web.Config{}, func(e *core.RequestEvent) error {
		l := web.ListOf(e, spec)
		rows := web.Pick(&l, all, func(n int) bool { return (l.Filters["odd"] == "" || n%2 == 1) && web.Matches(l.Query, strconv.Itoa(n)) },
			map[string]func(a, b int) int{"number": cmp.Compare[int], "name": func(a, b int) int { return strings.Compare(strconv.Itoa(a), strconv.Itoa(b)) }})
		return e.String(http.StatusOK, fmt.Sprint(rows[:min(3, len(rows))], len(rows), l.Total, l.Page, l.Pages, " ", l.Address()))
	})
	for query, want := range map[string]string{
		"":                                  "[119 118 117] 50 120 1 3 /page",
		"?page=3":                           "[19 18 17] 20 120 3 3 /page",
		"?page=9&sort=number":               "[100 101 102] 20 120 3 3 /page?sort=number",
		"?sort=name&q=11":                   "[11 110 111] 11 11 1 1 /page?q=11&sort=name",
		"?odd=yes&even=yes&page=-1":         "[119 117 115] 50 60 1 2 /page?odd=yes",
		"?sort=password&page=x":             "[119 118 117] 50 120 1 3 /page",
		"?q=" + strings.Repeat("9", 300):    "[] 0 0 1 1 /page?q=" + strings.Repeat("9", 100),
		"?page=99999999999999999999&q=none": "[] 0 0 1 1 /page?q=none",
	} {
		if _, text := send(t, s, http.MethodGet, "/page"+query, ""); text != want {
			t.Errorf("%s:\n%s, want\n%s", query, text, want)
		}
	}
}

func TestNavigationShowsWhatMayBeOpened(t *testing.T) {
	t.Parallel()
	table := &web.Table{}
	for _, a := range []web.Area{
		{Key: "c", Section: web.System, Any: []web.Permission{"c.see", "c.edit"}},
		{Key: "a", Section: web.Front},
		{Key: "b", Section: web.Team, Any: []web.Permission{"b.edit"}},
		{Key: "a", Section: web.Front}, // as a test may serve one app twice
	} {
		table.Area(a)
	}
	keys := func(allowed ...web.Permission) string {
		list := make([]string, 0, 3)
		for _, a := range table.AreasFor(web.Viewer{May: func(p web.Permission) bool { return slices.Contains(allowed, p) }}) {
			list = append(list, a.Key)
		}
		return strings.Join(list, " ")
	}
	if got := keys("b.edit", "c.edit"); got != "a b c" {
		t.Errorf("with both: %s", got)
	}
	if got := keys(); got != "a" {
		t.Errorf("with nothing: %s", got)
	}
	if got := table.AreasFor(web.Viewer{}); len(got) != 1 {
		t.Errorf("nobody in particular may open %v", got)
	}
}
