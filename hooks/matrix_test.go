package hooks_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// columns of the matrix: who calls.
var columns = slices.Concat([]string{anyone, visitor, mustChange}, staffRoles, []string{dashboard})

const matrixHead = `# Who may do what, as it really is: each cell is what came back when that person made the call, well formed, on a furnished desk
# where one customer waits in the first group. agent and pre-sale are in that group, after-sale and complaint in others, read-only in none
# that matters; owner, supervisor, expert and read-only see all. dashboard is PocketBase's superuser, whom every owner also is.
#
# ok         done, or shown, or led on to another page
# -          nothing is answered to this command
# sign-in    401, or led to the sign-in page, or the socket is closed with 4401
# password   led to changing the password first; two-step: led to setting the second step up
# forbidden  403: the role does not allow it
# not-found  404: not there, or not theirs to see
# invalid    let in; what was sent does not fit (an empty form, a name without its file)
# conflict   let in; it cannot be done as things stand
# others are the protocol's codes of "refused", and gone (410), upgrade (426)
#
# Not in here: /_/, the dashboard's own page, which holds nothing and is open to everybody like /sign-in.
# Written by go test ./hooks -run TestMatrix -update. Look at each line that changes.
`

// TestMatrix is C46: every route and every live command, and PocketBase's own
// endpoints, called by everybody. One that is new has to be looked at here.
func TestMatrix(t *testing.T) {
	t.Parallel()
	d := furnishedDesk(t)
	var rows []string
	for _, r := range d.table.All() {
		if r.Permission == "" {
			t.Errorf("%s %s names no permission", r.Method, r.Path)
		}
		rows = append(rows, matrixRow(r.Method+" "+r.Path, func(who *somebody) string { return d.cell(r, who) }, d))
	}
	slices.SortFunc(rows, func(a, b string) int { return strings.Compare(byPath(a), byPath(b)) })
	rows = append(rows, d.commandRows()...)
	rows = append(rows, d.builtinRows()...)
	got := matrixHead + matrixRow("#", nil, nil) + strings.Join(rows, "")
	const golden = "testdata/matrix.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, string(want), got)
}

// byPath puts a route's methods together.
func byPath(row string) string {
	method, path, _ := strings.Cut(row, " ")
	return path + " " + method
}

// compare shows what differs, line by line.
func compare(t *testing.T, want, got string) {
	t.Helper()
	known, now := strings.Split(want, "\n"), strings.Split(got, "\n")
	for _, line := range now {
		if !slices.Contains(known, line) {
			t.Errorf("is not in the matrix: %s", line)
		}
	}
	for _, line := range known {
		if !slices.Contains(now, line) {
			t.Errorf("is no longer so:      %s", line)
		}
	}
	if got != want {
		t.Error("look at each, then go test ./hooks -run TestMatrix -update")
	}
}

// matrixRow is a line of the matrix; without ask it is the one that names the
// columns.
func matrixRow(name string, ask func(*somebody) string, d *theDesk) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-62s", name)
	for _, column := range columns {
		cell := column
		if ask != nil {
			cell = ask(d.people[column])
		}
		fmt.Fprintf(&b, " %-11s", cell)
	}
	return strings.TrimRight(b.String(), " ") + "\n"
}

// cell makes one call and says what came back.
func (d *theDesk) cell(r web.Route, who *somebody) string {
	method, path := r.Method, r.Path
	changes := method != http.MethodGet && who.isStaff()
	asked := strings.NewReplacer("{id}", d.thing(path, changes), "{secret}", "none", "{path...}", "none", "{$}", "", "{name}", "none.zip", "{key}", "none", "{merge}", "none").Replace(path)
	if strings.Contains(path, "{note}") {
		asked = strings.Replace(asked, "{note}", d.noteOn(strings.Split(asked, "/")[4], who), 1)
	}
	a := d.call(who, method, asked, d.bodyOf(method+" "+path))
	if path == "/sign-out" && who.cookie != nil {
		d.signIn(who)
	}
	if r.Permission == web.Anyone && a.status == http.StatusSeeOther && who.role != mustChange {
		return "ok"
	}
	return word(a)
}

func (d *theDesk) noteOn(customer string, who *somebody) string {
	d.t.Helper()
	if !who.isStaff() {
		return "none"
	}
	n, err := customers.AddNote(d.app, customer, who.id, "怕苦")
	d.must(err)
	return n.Id
}

// bodyOf is what a call sends: what is needed for it to be done, where that is
// worth showing; an empty form or object otherwise.
func (d *theDesk) bodyOf(route string) any {
	n := strconv.Itoa(d.next())
	switch route {
	case "PUT /api/xiaoer/conversations/{id}/draft":
		return object{"reply": "x"}
	case "POST /api/xiaoer/customers/{id}/notes":
		return object{"text": "x"}
	case "PUT /api/xiaoer/conversations/{id}/priority":
		return object{"priority": "high"}
	case "PUT /api/xiaoer/conversations/{id}/emotion":
		return object{"emotion": conversations.Upset}
	case "PUT /api/xiaoer/staff/{id}/presence":
		return object{"status": access.Break}
	case "PUT /api/xiaoer/conversations/{id}/tags":
		return object{"tags": []string{}}
	case "PATCH /api/xiaoer/customers/{id}":
		return object{"level": "金卡"}
	case "POST /api/xiaoer/customers/{id}/reveal":
		return object{"field": "phone", "reason": "联系客户"}
	case "POST /api/xiaoer/customers/{id}/merge":
		return object{"with": d.thing("/api/xiaoer/customers/{id}", false)}
	case "POST /api/xiaoer/customers/{id}/block":
		return object{"reason": "骚扰"}
	case "POST /api/xiaoer/quick-replies":
		return object{"code": "q" + n, "text": "x", "scope": "shop"}
	case "PATCH /api/xiaoer/quick-replies/{id}":
		return object{"text": "y", "scope": "shop"}
	case "POST /api/xiaoer/reminders":
		return object{"id": "p" + n, "conversation": d.thing("/api/xiaoer/conversations/{id}", false), "text": "明天答复", "due": time.Now().Add(time.Hour)}
	case "POST /api/xiaoer/reminders/{id}/postpone":
		return object{"due": time.Now().Add(2 * time.Hour)}
	case "POST /api/xiaoer/staff":
		return object{"email": "c" + n + "@example.com", "nickname": "同事" + n, "role": access.ReadOnly}
	case "POST /api/xiaoer/visitor/messages":
		return object{"id": "v" + n, "kind": "text", "text": "x"}
	case "POST /api/xiaoer/visitor/left":
		return object{"id": "l" + n, "text": "x"}
	case "POST /api/xiaoer/visitor/rating":
		return object{"conversation": "nonenonenonenon", "score": 5}
	case "POST /api/xiaoer/visitor/files":
		return upload{"id": "f" + n}
	case "POST /api/xiaoer/files":
		return upload{"id": "f" + n, "conversation": d.thing("/api/xiaoer/conversations/{id}", false)}
	case "POST /admin/channels":
		return url.Values{"name": {"渠道" + n}}
	case "POST /admin/tags", "POST /admin/tags/{id}":
		return url.Values{"name": {"标签" + n}, "colour": {"gold"}}
	case "POST /admin/fields", "POST /admin/fields/{id}":
		return url.Values{"name": {"字段" + n}, "kind": {"text"}}
	case "POST /admin/escalation", "POST /admin/escalation/{id}", "POST /admin/escalation/try":
		return url.Values{"name": {"规则" + n}, "use": {"words"}, "words": {"退货" + n}, "do": {"priority"}, "priority": {"high"}}
	case "POST /admin/groups", "POST /admin/groups/{id}":
		return url.Values{"name": {"组" + n}}
	case "POST /admin/roles", "POST /admin/roles/{id}":
		return url.Values{"name": {"角色" + n}}
	case "POST /language":
		return url.Values{"lang": {"zh-CN"}}
	case "POST /sign-in":
		return url.Values{"identity": {d.people[access.ReadOnly].email}, "password": {rightsPassword}}
	}
	switch {
	case strings.HasPrefix(route, "GET "):
		return nil
	case strings.Contains(route, " /api/"):
		return object{}
	}
	return url.Values{}
}

// words for statuses.
var matrixWords = map[int]string{
	http.StatusUnauthorized: "sign-in", http.StatusForbidden: "forbidden", http.StatusNotFound: "not-found", http.StatusConflict: "conflict",
	http.StatusBadRequest: "invalid", http.StatusUnprocessableEntity: "invalid", http.StatusUpgradeRequired: "upgrade",
	http.StatusGone: "gone",
}

// word is what an answer comes to.
func word(a answered) string {
	to := a.header.Get("Location")
	switch {
	case a.status/100 == 3 && strings.HasPrefix(to, "/sign-in"):
		return "sign-in"
	case a.status/100 == 3 && strings.HasPrefix(to, "/password"):
		return "password"
	case a.status/100 == 3 && strings.HasPrefix(to, "/account/two-step"):
		return "two-step"
	case a.status/100 == 2 || a.status/100 == 3:
		return "ok"
	}
	if word, ok := matrixWords[a.status]; ok {
		return word
	}
	return strconv.Itoa(a.status)
}

// commandRows asks each live command of everybody, on a socket of their own.
func (d *theDesk) commandRows() []string {
	lines := map[string]*line{}
	for _, column := range columns {
		lines[column] = d.dial(d.people[column], nil)
	}
	commands := d.table.Commands()
	rows := make([]string, 0, len(commands))
	for _, c := range commands {
		if c.Permission == "" {
			d.t.Errorf("the command %s names no permission", c.Name)
		}
		rows = append(rows, matrixRow("live "+c.Name, func(who *somebody) string {
			l := lines[who.role]
			if l.code == 4401 {
				return "sign-in"
			}
			answer := l.say(d.commandOf(c.Name, who))
			switch {
			case l.code != 0:
				return fmt.Sprint("closed ", l.code)
			case answer == nil:
				return "-"
			case answer["type"] == "ack":
				return "ok"
			}
			return strings.ReplaceAll(fmt.Sprint(answer["code"]), "_", "-")
		}, d))
	}
	slices.Sort(rows)
	return rows
}

// commandOf is a well-formed command about a conversation that waits, or about a
// visitor's own.
func (d *theDesk) commandOf(name string, who *somebody) frame {
	f := frame{"type": name, "id": fmt.Sprint("x", d.next())}
	if who.role != visitor {
		f["conversation"] = d.waiting().Conversation
	}
	switch name {
	case "send":
		f["kind"], f["text"] = "text", "您好"
	case "recall":
		f["message"] = d.said(who)
	case "transfer":
		f["group"] = d.groups[1]
	case "presence":
		f["status"] = "break" // and so is given nothing
	case "typing":
		f["on"] = true
	case "page":
		f["url"], f["title"] = "https://shop.example/p/1", "茶"
	case "read":
		said := d.waiting()
		if who.role != visitor {
			f["conversation"] = said.Conversation
		}
		cursor, err := conversations.Cursor(d.app, said.Seq)
		d.must(err)
		f["cursor"] = cursor
	}
	return f
}

// said is a message of who's own, where they may say something.
func (d *theDesk) said(who *somebody) string {
	d.t.Helper()
	if who.role == visitor {
		return d.asked(who).ID
	}
	p, err := access.ByID(d.app, who.id)
	if who.id == "" || err != nil {
		return "nonenonenonenon"
	}
	m, err := conversations.PostAsStaff(d.app, p, conversations.Draft{
		ID: fmt.Sprint("r", d.next()), Conversation: d.waiting().Conversation, Kind: conversations.Text, Text: "打错了",
	})
	if err != nil {
		return "nonenonenonenon"
	}
	return m.ID
}

// builtin are PocketBase's own endpoints but those of records. They are listed by
// hand: look through them when PocketBase is updated.
var builtin = []string{
	"GET /api/health",
	"GET /api/collections", "POST /api/collections", "GET /api/collections/staff", "PATCH /api/collections/staff", "DELETE /api/collections/staff",
	"DELETE /api/collections/staff/truncate", "PUT /api/collections/import", "GET /api/collections/meta/scaffolds",
	"GET /api/collections/meta/oauth2-providers", "POST /api/collections/meta/dry-run-view",
	"GET /api/collections/%s/auth-methods", "POST /api/collections/%s/auth-with-password", "POST /api/collections/%s/auth-refresh",
	"POST /api/collections/%s/auth-with-oauth2", "POST /api/collections/%s/request-otp", "POST /api/collections/%s/auth-with-otp",
	"POST /api/collections/%s/request-password-reset", "POST /api/collections/%s/confirm-password-reset",
	"POST /api/collections/%s/request-verification", "POST /api/collections/%s/confirm-verification",
	"POST /api/collections/%s/request-email-change", "POST /api/collections/%s/confirm-email-change", "POST /api/collections/%s/impersonate/none",
	"GET /api/oauth2-redirect", "POST /api/oauth2-redirect",
	"GET /api/files/staff/none/none.png", "POST /api/files/token", "GET /api/realtime", "POST /api/realtime", "POST /api/batch", "POST /api/sql",
	"GET /api/backups", "POST /api/backups", "POST /api/backups/upload", "GET /api/backups/none.zip", "DELETE /api/backups/none.zip",
	"POST /api/backups/none.zip/restore",
	"GET /api/settings", "PATCH /api/settings", "POST /api/settings/test/s3", "POST /api/settings/test/email", "POST /api/settings/apple/generate-client-secret",
	"GET /api/logs", "GET /api/logs/stats", "GET /api/logs/none", "GET /api/crons", "POST /api/crons/none",
}

// ofRecords are PocketBase's endpoints of each collection.
var ofRecords = []string{
	"GET /api/collections/%s/records", "GET /api/collections/%s/records/%s", "POST /api/collections/%s/records",
	"PATCH /api/collections/%s/records/%s", "DELETE /api/collections/%s/records/%s",
}

func (d *theDesk) builtinRows() []string {
	d.t.Helper()
	d.openDashboard()
	var rows []string
	for _, route := range builtin {
		if !strings.Contains(route, "%s") {
			rows = append(rows, d.builtinRow(route, route))
			continue
		}
		for _, auth := range []string{"staff", "_superusers"} {
			named := fmt.Sprintf(route, auth)
			rows = append(rows, d.builtinRow(named, named))
		}
	}
	collections, err := d.app.FindAllCollections()
	d.must(err)
	slices.SortFunc(collections, func(a, b *core.Collection) int { return strings.Compare(a.Name, b.Name) })
	for _, route := range ofRecords {
		for _, c := range collections {
			asked := strings.Replace(route, "%s", c.Name, 1)
			named := strings.Replace(asked, "%s", "{id}", 1)
			rows = append(rows, d.builtinRow(named, strings.Replace(asked, "%s", d.anyOf(c), 1)))
		}
	}
	return rows
}

func (d *theDesk) builtinRow(named, route string) string {
	method, path, _ := strings.Cut(route, " ")
	return matrixRow(named, func(who *somebody) string {
		if who.role == dashboard && (named == "GET /api/realtime" || strings.Contains(named, "DELETE /api/collections/")) {
			return d.dashboardAlone(named, path)
		}
		var in any
		if method != http.MethodGet {
			in = object{}
		}
		return word(d.call(who, method, path, in))
	}, d)
}

// anyOf is the id of a record of c, where there is one.
func (d *theDesk) anyOf(c *core.Collection) string {
	d.t.Helper()
	var id string
	if err := d.app.DB().NewQuery("SELECT id FROM {{" + c.Name + "}} LIMIT 1").Row(&id); err != nil {
		return "nonenonenonenon"
	}
	return id
}

// dashboardAlone asks what would not come to an end (a stream), or would take
// away what the other cells need: of a record that is not there.
func (d *theDesk) dashboardAlone(named, path string) string {
	d.t.Helper()
	if named == "GET /api/realtime" {
		return "ok" // see TestEventStreamsAreTheDashboardsAlone
	}
	if i := strings.LastIndex(path, "/records/"); i > 0 {
		path = path[:i] + "/records/nonenonenonenon"
	}
	return word(d.call(d.people[dashboard], http.MethodDelete, path, nil))
}
