package admin_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
)

// trailShop is a desk that runs, with an owner and an agent.
type trailShop struct {
	t      *testing.T
	app    *tests.TestApp
	server *httptest.Server
}

func openShop(t *testing.T) *trailShop {
	t.Helper()
	app := desktest.New(t)
	if err := access.EnsureGroups(app); err != nil {
		t.Fatal(err)
	}
	for _, n := range []access.Newcomer{
		{Email: "owner@heye.cn", Nickname: "小满", Password: password, Role: access.Owner},
		{Email: "ann@heye.cn", Nickname: "客服-小安", Password: password, Role: access.Agent},
	} {
		if _, err := access.AddStaff(app, nil, n); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := channels.Add(app, channels.New{Name: "官网", Default: true}); err != nil {
		t.Fatal(err)
	}
	return &trailShop{t: t, app: app, server: desktest.Serve(t, app)}
}

func (s *trailShop) person(email string) *access.Person {
	s.t.Helper()
	staff, err := access.StaffByEmail(s.app, email)
	if err != nil {
		s.t.Fatal(err)
	}
	p, err := access.ByID(s.app, staff.Id)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// reader is somebody who has signed in.
type reader struct {
	shop *trailShop
	c    *http.Client
}

func (s *trailShop) signIn(email string) *reader {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	c := *s.server.Client()
	c.Jar = jar
	b := &reader{s, &c}
	if status, _, text := b.send("POST", "/sign-in", url.Values{"identity": {email}, "password": {password}}); status != http.StatusSeeOther {
		s.t.Fatalf("sign in: %d %s", status, text)
	}
	return b
}

func (b *reader) send(method, path string, form url.Values, header ...string) (int, http.Header, string) {
	b.shop.t.Helper()
	r, err := http.NewRequestWithContext(b.shop.t.Context(), method, b.shop.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.shop.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := b.c.Do(r)
	if err != nil {
		b.shop.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.shop.t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(text)
}

func (b *reader) get(path string) string {
	b.shop.t.Helper()
	status, _, text := b.send("GET", path, nil)
	if status != http.StatusOK {
		b.shop.t.Fatalf("%s: %d", path, status)
	}
	return text
}

func (s *trailShop) save(by core.App, collection string, data map[string]any) *core.Record {
	s.t.Helper()
	c, err := s.app.FindCollectionByNameOrId(collection)
	if err != nil {
		s.t.Fatal(err)
	}
	r := core.NewRecord(c)
	r.Load(data)
	if err := by.Save(r); err != nil {
		s.t.Fatal(err)
	}
	return r
}

func holds(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not there", part)
		}
	}
}

func lacks(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(text, part) {
			t.Errorf("%q is there", part)
		}
	}
}

func TestTrailReadsAsSentences(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	ann := s.person("ann@heye.cn")
	by := audit.By(s.app, s.person("owner@heye.cn").At("203.0.113.9").Actor())
	if err := access.Disable(by, nil, ann.ID); err != nil {
		t.Fatal(err)
	}
	owner := s.signIn("owner@heye.cn")
	page := owner.get("/admin/audit")
	holds(t, page, "停用了员工 客服-小安", "<b>小满</b>", "203.0.113.9", "停用", "否", "是", "小满 登录了", "还没有校验过")
	lacks(t, page, "staff.disabled", "audit.act", "audit.field", "audit.value", "audit.actor", "ann@heye.cn")
}

func TestOnlyWhoMaySeesTheTrail(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	ann := s.signIn("ann@heye.cn")
	for _, c := range [][2]string{{"GET", "/admin/audit"}, {"POST", "/admin/audit/verify"}, {"POST", "/admin/audit/export"}} {
		if status, _, _ := ann.send(c[0], c[1], nil); status != http.StatusForbidden {
			t.Errorf("%s %s: %d", c[0], c[1], status)
		}
	}
}

// Who touched this customer? Their card, their notes and their conversations.
func TestAllThatWasDoneToACustomer(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	ann := s.person("ann@heye.cn")
	by := audit.By(s.app, ann.At("203.0.113.9").Actor())
	contact, _, _, err := customers.Arrive(s.app, customers.Arrival{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := conversations.PostAsVisitor(s.app, contact, conversations.Draft{ID: "a-first-message-0001", Kind: conversations.Text, Text: "在吗"})
	if err != nil {
		t.Fatal(err)
	}
	if contact, err = customers.ContactByID(s.app, contact.Id); err != nil {
		t.Fatal(err)
	}
	if _, err := conversations.Take(s.app, ann.At("203.0.113.9"), "take-it-0001", m.Conversation); err != nil {
		t.Fatal(err)
	}
	name, phone := "陈晓雯", "13800138000"
	if _, err := customers.Edit(by, contact.Customer(), customers.Change{Name: &name, Phone: &phone}); err != nil {
		t.Fatal(err)
	}
	if _, err := customers.AddNote(by, contact.Customer(), ann.ID, "canary-note"); err != nil {
		t.Fatal(err)
	}
	owner := s.signIn("owner@heye.cn")
	page := owner.get("/admin/audit?object=customers%3A" + contact.Customer())
	holds(t, page, "修改了客户 陈晓雯", "给客户 陈晓雯 写了备注", "接入了会话 陈晓雯", "已填写（不记录内容）")
	lacks(t, page, "canary-note", "13800138000", "登录了</span>", "添加了员工")
}

func TestTrailIsNarrowedDownAndTurnedOver(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	ann := audit.By(s.app, s.person("ann@heye.cn").Actor())
	for i := range 120 {
		s.save(ann, "tags", map[string]any{"name": fmt.Sprintf("标签%03d", i), "colour": "blue"})
	}
	s.save(s.app, "tags", map[string]any{"name": "机器加的", "colour": "blue"})
	owner := s.signIn("owner@heye.cn")
	page := owner.get("/admin/audit?act=tags.&who=" + s.person("ann@heye.cn").ID)
	holds(t, page, "标签119", "标签070", "before=")
	lacks(t, page, "标签069", "机器加的", "登录了</span>")
	_, rest, _ := strings.Cut(page, `class="btn sm" href="`)
	next, _, _ := strings.Cut(rest, `"`)
	page = owner.get(strings.ReplaceAll(next, "&amp;", "&"))
	holds(t, page, "标签069", "标签020", "最新")
	lacks(t, page, "标签070", "标签019")
	holds(t, owner.get("/admin/audit?q=标签0077"), "没有符合条件的内容")
	holds(t, owner.get("/admin/audit?q=标签077"), "标签077")
	holds(t, owner.get("/admin/audit?who=kind%3Asystem&act=tags.created"), "机器加的")
	holds(t, owner.get("/admin/audit?from=2100-01-01"), "没有符合条件的内容")
	holds(t, owner.get("/admin/audit?to=2000-01-01"), "没有符合条件的内容")
	holds(t, owner.get("/admin/audit?from=nonsense&before=-3&act=%27%22&who=x"), "没有符合条件的内容")
	_, _, part := owner.send("GET", "/admin/audit?q=标签077", nil, "HX-Request", "true", "HX-Request-Type", "partial")
	lacks(t, part, "<html", "integrity")
}

func TestVerifyingIsShownAndKept(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	owner := s.signIn("owner@heye.cn")
	_, _, part := owner.send("POST", "/admin/audit/verify", nil, "HX-Request", "true", "HX-Request-Type", "partial")
	holds(t, part, "链完整，最近校验", "小满")
	lacks(t, part, "<html")
	for _, statement := range []string{"DROP TRIGGER audit_never_updated", "UPDATE audit SET act = 'x' WHERE seq = 2"} {
		if _, err := s.app.DB().NewQuery(statement).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	_, _, whole := owner.send("POST", "/admin/audit/verify", nil)
	holds(t, whole, "<html", "发现 2 处问题", "第 2 条 被改过", "保护被去掉了", "xiaoer audit accept")
	holds(t, owner.get("/admin/audit"), "校验时发现问题", "校验了操作日志")
}

func TestExportIsASpreadsheetAndAnEntry(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.save(audit.By(s.app, audit.Actor{Kind: audit.Staff, Name: "=HYPERLINK(1)"}), "tags", map[string]any{"name": "=1+1", "colour": "blue"})
	owner := s.signIn("owner@heye.cn")
	status, header, text := owner.send("POST", "/admin/audit/export?act=tags.", nil)
	if status != http.StatusOK || !strings.HasPrefix(text, "\ufeff序号,时间,") || !strings.Contains(header.Get("Content-Disposition"), `filename="audit-`) {
		t.Fatalf("%d %v %s", status, header, text)
	}
	holds(t, text, ",'=HYPERLINK(1),", "添加了标签 =1+1", "名称：（空） → =1+1")
	lacks(t, text, ",=", "登录")
	holds(t, owner.get("/admin/audit"), "导出了操作日志", "tags.")
	var n int
	if err := s.app.DB().NewQuery("SELECT COUNT(*) FROM audit WHERE act = 'audit.exported'").Row(&n); err != nil || n != 1 {
		t.Errorf("%d entries, %v", n, err)
	}
}

// A role with only one of the two permissions cannot export.
func TestExportAsksForBoth(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	role := s.save(s.app, "roles", map[string]any{"name": "表格", "permissions": []string{"exports.make"}})
	r, err := s.app.FindRecordById("staff", s.person("ann@heye.cn").ID)
	if err != nil {
		t.Fatal(err)
	}
	r.Set("role", role.Id)
	if err := s.app.Save(r); err != nil {
		t.Fatal(err)
	}
	if status, _, _ := s.signIn("ann@heye.cn").send("POST", "/admin/audit/export", nil); status != http.StatusForbidden {
		t.Errorf("%d", status)
	}
}
