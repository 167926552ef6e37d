package export_test

import (
	"encoding/json"
	"flag"
	"io/fs"
	"net/http"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/export"
)

var update = flag.Bool("update", false, "write testdata anew")

// known is a customer of whom there is one of everything, and what is not theirs:
// another one, and the shop's own work.
func known(s *shop) {
	s.Helper()
	s.row("tags", dbx.Params{"id": "tagvip", "name": "回头客", "colour": "gold", "created": stored(0)})
	s.row("customer_fields", dbx.Params{"id": "fieldskin", "name": "肤质", "kind": "text", "options": "[]", "created": stored(0)})
	s.someone("quinn", "陈<晓>雯")
	s.someone("other", "OTHERname")
	s.must(exec(s, "UPDATE customers SET external_id='u-42', phone='13866602719', email='chen@example.com', said_phone='13900001111', region='杭州', level='金卡', dedicated={:ann}, tags='[\"tagvip\"]', custom='{\"fieldskin\":\"敏感\"}' WHERE id='quinn'", dbx.Params{"ann": s.ann.ID}),
		exec(s, "UPDATE contacts SET identity='u-42', lang='zh-CN', source='https://search.example/?q=x', page='{\"url\":\"https://shop.example/p/1\",\"title\":\"披肩\",\"kind\":\"product\"}', blocked=TRUE, blocked_reason='刷屏', blocked_by={:ann}, blocked_since={:at} WHERE id='contactquinn'", dbx.Params{"ann": s.ann.ID, "at": stored(90)}))
	s.row("customers", dbx.Params{"id": "goneone", "external_id": "u-7", "merged": "quinn", "tags": "[]", "custom": "{}", "created": stored(0), "updated": stored(0)})
	s.row("visitor_sessions", dbx.Params{"id": "session1", "contact": "contactquinn", "hash": "SESSIONhash", "seen": stored(500), "created": stored(1)})
	s.row("contact_pages", dbx.Params{"id": "page1", "contact": "contactquinn", "url": "https://shop.example/", "title": "首页", "kind": "home", "came": stored(2)})
	s.row("contact_pages", dbx.Params{"id": "page2", "contact": "contactquinn", "url": "https://shop.example/p/1", "title": "披肩", "kind": "product", "came": stored(4)})
	s.row("notes", dbx.Params{"id": "note1", "customer": "quinn", "staff": s.ann.ID, "text": "怕苦，\n要甜的", "created": stored(50)})
	s.row("notes", dbx.Params{"id": "note2", "customer": "quinn", "staff": s.ann.ID, "text": "DELETEDnote", "created": stored(51), "deleted": stored(52)})
	s.row("reminders", dbx.Params{"id": "promise1", "conversation": "talk1quinn", "contact": "contactquinn", "customer": "quinn", "staff": s.ann.ID, "text": "明天回电", "due": stored(700), "created": stored(60)})
	s.row("drafts", dbx.Params{"id": "draft1", "conversation": "talk1quinn", "staff": s.ann.ID, "reply": "DRAFTreply", "note": ""})

	customer := conversations.Author{Kind: conversations.FromVisitor, ID: "contactquinn", Name: "陈<晓>雯"}
	ann := conversations.Staff(s.ann)
	one, two, foreign := s.talk("quinn", 1), s.talk("quinn", 2), s.talk("other", 1)
	one.Rating, one.Resolved, one.RatingComment, one.Rated, one.Tags = 4, "yes", "挺好", at(19), []string{"tagvip"}
	picture := s.file(12, "m12quinn", "contactquinn", "衣服 #1?.png", "image/png", []byte("not really a picture"))
	script := s.file(13, "m13quinn", "contactquinn", "发票.html", "application/octet-stream", []byte("<script>alert(1)</script>"))
	s.file(14, "m1other", "contactother", "OTHERfile.png", "image/png", []byte("OTHERbytes"))
	event := func(n int, data string, only bool) *conversations.Message {
		m := s.entry(one, n, conversations.Event, "", ann)
		m.Data, m.StaffOnly = json.RawMessage(data), only
		return m
	}
	said := []*conversations.Message{
		event(10, `{"event":"opened"}`, false),
		s.entry(one, 11, conversations.Text, "在吗？<img src=x onerror=alert(1)>", customer),
		s.entry(one, 12, conversations.Image, "", customer),
		s.entry(one, 13, conversations.File, "", customer),
		s.entry(one, 14, conversations.Text, "在的", ann),
		s.entry(one, 15, conversations.Note, "看着像熟客，让 @客服-ben 也知道", ann),
		event(16, `{"event":"prioritized","priority":"high","was":"WORKpriority"}`, true),
		event(17, `{"event":"breached","kind":"WORKdeadline"}`, true),
		event(18, `{"event":"marked","emotion":"upset"}`, true),
		event(19, `{"event":"rated","score":4,"resolved":true,"comment":"挺好"}`, false),
		s.entry(two, 20, conversations.Text, "又来了", customer),
		s.entry(two, 21, conversations.Product, "", ann),
		s.entry(two, 22, conversations.Text, "", ann),
		s.entry(foreign, 1, conversations.Text, "OTHERwords", customer),
	}
	said[2].File, said[3].File, said[4].Quote = picture, script, said[1].ID
	said[5].Data = json.RawMessage(`{"mentions":["MENTIONid"]}`)
	said[11].Data = json.RawMessage(`{"id":"p-1","title":"羊绒披肩","spec":"驼色","price":"¥399"}`)
	said[12].Recalled = true
	s.past([]*conversations.Conversation{one, two, foreign}, said)
}

func exec(s *shop, query string, p dbx.Params) error {
	_, err := s.app.NonconcurrentDB().NewQuery(query).Bind(p).Execute()
	return err
}

// All that is kept of a customer is in their copy, for people and for programs, and
// nothing else: no other customer, no colleague but by nickname, none of the shop's
// own work, nothing to sign in with.
func TestACopyIsAllThatIsKeptAndNothingElse(t *testing.T) {
	t.Parallel()
	s := open(t)
	known(s)
	u := s.export("quinn")
	m := u.manifest()
	if m.Customer != "quinn" || m.Rows["messages"] != 11 || m.Rows["files"] != 2 || m.Rows["notes"] != 1 || len(m.Missing)+len(m.Damaged) > 0 {
		t.Errorf("manifest: %+v", m)
	}
	data := string(u.files["data.json"])
	const golden = "testdata/data.json"
	if *update {
		s.must(os.WriteFile(golden, []byte(data), 0o600))
	}
	want, err := os.ReadFile(golden)
	s.must(err)
	if data != string(want) || !json.Valid([]byte(data)) {
		t.Errorf("data.json is not as documented: look at it, then go test ./hooks/export -update\n%s", data)
	}
	page := string(u.files["index.html"])
	for _, text := range []string{
		"陈&lt;晓&gt;雯", "13866602719", "chen@example.com", "13900001111", "u-42、u-7", "杭州", "金卡", "回头客", "肤质", "敏感", "官网", "披肩", "刷屏", "怕苦", "明天回电",
		"在吗？&lt;img", "又来了", "羊绒披肩", "[已撤回]", "挺好", "看着像熟客", "客服-ann", "files/20261126-", "2026-11-27", `lang="zh-CN"`,
	} {
		if !strings.Contains(page, text) {
			t.Errorf("the page has no %s", text)
		}
	}
	for name, content := range u.files {
		for _, foreign := range []string{"OTHER", "真名", "ann@example.com", "WORK", "DRAFT", "DELETED", "SESSIONhash", "MENTIONid", s.ann.ID} {
			if strings.Contains(string(content), foreign) {
				t.Errorf("%s has %s", name, foreign)
			}
		}
	}
}

// The pages need nothing but what lies beside them, and nothing in them runs.
func TestThePagesOpenOffline(t *testing.T) {
	t.Parallel()
	s := open(t)
	known(s)
	u := s.export("quinn")
	page := string(u.files["index.html"])
	for _, found := range regexp.MustCompile(`(?:src|href|action)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		name := strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(found[1], "%20", " "), "%23", "#"), "%3F", "?")
		if u.files[unescaped(t, name)] == nil {
			t.Errorf("the page asks for %s", found[1])
		}
	}
	if strings.Contains(page, "<script") || !strings.Contains(page, `default-src &#39;none&#39;`) {
		t.Error("something may run")
	}
	if strings.Contains(page, `.html">发票`) || !strings.Contains(page, "发票.html") {
		t.Error("what may be a program is a click away")
	}
	if _, css, _ := strings.Cut(page, "<style>"); !strings.Contains(css, "prefers-color-scheme:dark") || !strings.Contains(css, "--accent:") || strings.Contains(css, "url(") {
		t.Error("the style sheet is not whole")
	}
}

func unescaped(t *testing.T, name string) string {
	t.Helper()
	u, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/"+strings.ReplaceAll(strings.ReplaceAll(name, "#", "%23"), "?", "%3F"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(u.URL.Path, "/")
}

// Names are the sender's; none leaves the folder or means anything to a system.
func TestHostileNamesAreHarmless(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.someone("quinn", "Q")
	names := []string{"../../etc/passwd", `..\..\evil.png`, "CON", "a\r\nb.png", `"><script>alert(1)</script>.png`, "\u202egnp.exe", strings.Repeat("长", 200) + ".png", ".htaccess", "same.png", "same.png", "a:b|c?.png", ""}
	c := s.talk("quinn", 1)
	said := make([]*conversations.Message, 0, len(names))
	for i, name := range names {
		m := s.entry(c, 100+i, conversations.File, "", conversations.Author{Kind: conversations.FromVisitor, Name: name})
		m.File = s.file(i, m.ID, "contactquinn", name, "image/png", []byte(strconv.Itoa(i)))
		said = append(said, m)
	}
	s.past([]*conversations.Conversation{c}, said)
	u := s.export("quinn")
	m := u.manifest()
	seen := map[string]bool{}
	for _, f := range m.Files {
		base := path.Base(f.Path)
		if !fs.ValidPath(f.Path) || strings.ContainsAny(f.Path, "\\:*?\"<>|\r\n\u202e") || len(base) > 255 || seen[strings.ToLower(f.Path)] {
			t.Errorf("%q", f.Path)
		}
		seen[strings.ToLower(f.Path)] = true
	}
	if n := len(m.Files) - 2; n != len(names) {
		t.Errorf("%d files of %d: %v", n, len(names), u.order)
	}
	if strings.Contains(string(u.files["index.html"]), "<script") {
		t.Error("a name is markup")
	}
}

// A copy is for who may see all of the customer and hand it out; that it was is
// written down. Of who was merged it is that of whom they turned out to be.
func TestWhoMayHandOutACopy(t *testing.T) {
	t.Parallel()
	s := open(t)
	known(s)
	const ask = "/desk/customers/quinn/export"
	for _, role := range []string{access.Supervisor, access.Agent, access.ReadOnly} {
		s.hire(role, role)
		if a := s.browser(role).Send("POST", ask, nil, ""); a.Status != http.StatusForbidden {
			t.Errorf("%s: %d", role, a.Status)
		}
	}
	half, err := access.AddRole(s.app, nil, "半个", []access.Permission{access.ConversationsReply, access.CustomersExport})
	s.must(err)
	s.hire("half", half.Id)
	if a := s.browser("half").Send("POST", ask, nil, ""); a.Status != http.StatusForbidden || !strings.Contains(a.Text, "看不到的会话") {
		t.Errorf("who sees a part: %d %.200s", a.Status, a.Text)
	}
	ann := s.browser("ann")
	if a := ann.Send("POST", "/desk/customers/nobody/export", nil, ""); a.Status != http.StatusNotFound {
		t.Errorf("nobody's: %d", a.Status)
	}
	if a := ann.Send("GET", ask, nil, ""); a.Status == http.StatusOK {
		t.Error("it can be linked to")
	}
	if m := s.export("goneone").manifest(); m.Customer != "quinn" {
		t.Errorf("who was merged has a copy of %s", m.Customer)
	}
	found, err := audit.Find(t.Context(), s.app, audit.Query{Limit: 50})
	s.must(err)
	entries := slices.DeleteFunc(found.Entries, func(r audit.Record) bool { return r.Act != export.ActExported })
	if len(entries) != 1 || entries[0].Object != "quinn" || entries[0].Actor != s.ann.ID || entries[0].ObjectKind != customers.Customers {
		t.Errorf("in the trail: %+v", entries)
	}
	for _, e := range entries {
		if strings.Contains(string(e.Changes), "13866602719") || !strings.Contains(string(e.Changes), `"messages"`) {
			t.Errorf("the trail tells %s", e.Changes)
		}
	}
}

// What is lost or spoilt on the disk is told, and the rest is there.
func TestWhatIsLostIsTold(t *testing.T) {
	t.Parallel()
	s := open(t)
	known(s)
	lost, spoilt := fileID(12), fileID(13)
	dir := s.app.DataDir() + "/files/"
	s.must(os.Remove(dir+lost[:2]+"/"+lost), os.WriteFile(dir+spoilt[:2]+"/"+spoilt, []byte("rot"), 0o600))
	m := s.export("quinn").manifest()
	if len(m.Missing) != 1 || !strings.Contains(m.Missing[0], "衣服") || len(m.Damaged) != 1 || !strings.Contains(m.Damaged[0], "发票") {
		t.Errorf("missing %v, damaged %v", m.Missing, m.Damaged)
	}
}

// What the disk does not give out is told, too, and the rest is there.
func TestWhatCannotBeReadIsTold(t *testing.T) {
	t.Parallel()
	s := open(t)
	known(s)
	dir := s.app.DataDir() + "/files/"
	for i, id := range []string{fileID(12), fileID(13)} {
		path := dir + id[:2] + "/" + id
		s.must(os.Remove(path))
		if i == 0 {
			s.must(os.Mkdir(path, 0o700)) // it opens, and cannot be read
		} else {
			s.must(os.Symlink(id, path))
		}
	}
	if m := s.export("quinn").manifest(); len(m.Missing) != 2 || len(m.Damaged) > 0 || m.Rows["messages"] != 11 {
		t.Errorf("missing %v, damaged %v", m.Missing, m.Damaged)
	}
}
