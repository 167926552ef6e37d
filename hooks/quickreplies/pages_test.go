package quickreplies_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/files"
	"github.com/dianxiaoer/xiaoer/hooks/quickreplies"
)

const (
	at       = "/admin/quick-replies"
	password = "orange-Kettle-42"
)

// browsers are an agent's, the supervisor's and the owner's.
func browsers(t *testing.T) (core.App, staff, map[string]*desktest.Browser) {
	t.Helper()
	app, who := open(t)
	if _, err := access.AddStaff(app, nil, access.Newcomer{Email: "own@example.com", Nickname: "own", Password: password, Role: access.Owner}); err != nil {
		t.Fatal(err)
	}
	server := desktest.Serve(t, app)
	list := map[string]*desktest.Browser{}
	for _, name := range []string{"pre", "boss", "own"} {
		list[name] = desktest.SignIn(t, server, name+"@example.com", password)
	}
	return app, who, list
}

// form is a multipart form with a file.
func form(t *testing.T, fields map[string]string, name string, file []byte) (*bytes.Buffer, string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for key, value := range fields {
		_ = w.WriteField(key, value)
	}
	if file != nil {
		part, err := w.CreateFormFile(name, "a.png")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write(file)
	}
	_ = w.Close()
	return &body, w.FormDataContentType()
}

func mine(t *testing.T, app core.App, p *access.Person) []*quickreplies.QuickReply {
	t.Helper()
	list, err := quickreplies.For(app, p)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestEverybodyKeepsTheirOwnOnThePage(t *testing.T) {
	t.Parallel()
	app, who, b := browsers(t)
	if a := b["pre"].Post(at, url.Values{"text": {"我的"}, "scope": {"staff"}, "code": {"/w"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("one's own: %d %s", a.Status, a.Text)
	}
	if a := b["pre"].Post(at, url.Values{"text": {"大家的"}, "scope": {"shop"}}); a.Status != http.StatusForbidden {
		t.Errorf("an agent wrote the shop's: %d", a.Status)
	}
	if a := b["boss"].Post(at, url.Values{"text": {"大家的"}, "scope": {"shop"}, "code": {"d"}}); a.Status != http.StatusSeeOther {
		t.Errorf("a supervisor may not: %d", a.Status)
	}
	own, shared := mine(t, app, who.pre)[0], mine(t, app, who.pre)[1]
	if own.Scope() != quickreplies.Staff {
		own, shared = shared, own
	}
	if a := b["boss"].Get(at + "/" + own.Id); a.Status != http.StatusNotFound {
		t.Errorf("a supervisor sees an agent's own: %d", a.Status)
	}
	if a := b["pre"].Get(at + "/" + shared.Id); a.Status != http.StatusOK || strings.Contains(a.Text, "ad-save") {
		t.Errorf("an agent edits the shop's: %d", a.Status)
	}
	for _, act := range []string{"/delete", "/move"} {
		if a := b["pre"].Post(at+act, url.Values{"id": {own.Id, shared.Id}, "to_category": {"x"}}); a.Status != http.StatusForbidden {
			t.Errorf("%s of the shop's by an agent: %d", act, a.Status)
		}
	}
	if len(mine(t, app, who.pre)) != 2 || mine(t, app, who.pre)[0].Category() != "" {
		t.Error("one of several was changed although another was refused")
	}
	if a := b["pre"].Post(at+"/export", nil); a.Status != http.StatusForbidden {
		t.Errorf("an agent exports: %d", a.Status)
	}
}

func TestDeletionIsTakenBack(t *testing.T) {
	t.Parallel()
	app, who, b := browsers(t)
	q, err := quickreplies.Add(app, who.pre, quickreplies.Draft{Text: "我的", Code: "w"})
	if err != nil {
		t.Fatal(err)
	}
	a := b["pre"].Post(at+"/delete", url.Values{"id": {q.Id}})
	if a.Status != http.StatusSeeOther || len(mine(t, app, who.pre)) != 0 {
		t.Fatalf("delete: %d", a.Status)
	}
	page := b["pre"].Get(at)
	_, rest, _ := strings.Cut(page.Text, `action="`+at+`/restore`)
	undo, _, _ := strings.Cut(rest, `"`)
	if undo == "" {
		t.Fatal("no way back is offered")
	}
	if a := b["boss"].Post(at+"/restore"+undo, nil); a.Status != http.StatusNotFound {
		t.Errorf("somebody else restores: %d", a.Status)
	}
	if a := b["pre"].Post(at+"/restore"+undo, nil); a.Status != http.StatusSeeOther || len(mine(t, app, who.pre)) != 1 {
		t.Errorf("restore: %d", a.Status)
	}
	// The code may have been given away meanwhile.
	if err := quickreplies.Delete(app, who.pre, q.Id); err != nil {
		t.Fatal(err)
	}
	if _, err := quickreplies.Add(app, who.pre, quickreplies.Draft{Text: "另一条", Code: "w"}); err != nil {
		t.Fatal(err)
	}
	if err := quickreplies.Restore(app, who.pre, []string{q.Id}); fail.Of(err).Kind != fail.Conflict {
		t.Errorf("two of one code: %v", err)
	}
	if err := quickreplies.Used(app, who.pre, q.Id); fail.Of(err).Kind != fail.NotFound {
		t.Errorf("a deleted one is used: %v", err)
	}
}

func dot(t *testing.T) []byte {
	t.Helper()
	var raw bytes.Buffer
	if err := png.Encode(&raw, image.NewRGBA(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	return raw.Bytes()
}

func TestPictureGoesWithItsReply(t *testing.T) {
	t.Parallel()
	app, who, b := browsers(t)
	body, kind := form(t, map[string]string{"text": "", "scope": "staff"}, "picture", dot(t))
	refused := b["pre"].Send(http.MethodPost, at, body, kind)
	_, rest, _ := strings.Cut(refused.Text, `name="file" value="`)
	id, _, _ := strings.Cut(rest, `"`)
	if refused.Status != http.StatusUnprocessableEntity || len(id) != 32 {
		t.Fatalf("the picture was lost with the wrong text: %d %q", refused.Status, id)
	}
	body, kind = form(t, map[string]string{"text": "看图", "scope": "staff", "file": id}, "", nil)
	if a := b["boss"].Send(http.MethodPost, at, body, kind); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("somebody else's upload was taken: %d", a.Status)
	}
	body, kind = form(t, map[string]string{"text": "看图", "scope": "staff", "file": id}, "", nil)
	if a := b["pre"].Send(http.MethodPost, at, body, kind); a.Status != http.StatusSeeOther {
		t.Fatalf("save: %d %s", a.Status, a.Text)
	}
	q := mine(t, app, who.pre)[0]
	picture := "/api/xiaoer/quick-replies/" + q.Id + "/picture"
	if a := b["pre"].Get(picture); a.Status != http.StatusOK || a.Header.Get("Content-Type") != "image/png" || a.Text != string(dot(t)) {
		t.Errorf("picture: %d %v", a.Status, a.Header)
	}
	if a := b["boss"].Get(picture); a.Status != http.StatusNotFound {
		t.Errorf("somebody else sees it: %d", a.Status)
	}
	body, kind = form(t, map[string]string{"text": "x", "scope": "staff"}, "picture", []byte("<script>alert(1)</script>"))
	if a := b["pre"].Send(http.MethodPost, at, body, kind); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("no picture: %d", a.Status)
	}
	// A visitor's upload is none either.
	f, err := files.Store(app, files.Upload{Owner: "staff:" + who.pre.ID, Purpose: files.ForMessage, Name: "a.png", Body: bytes.NewReader(dot(t))})
	if err != nil {
		t.Fatal(err)
	}
	other := f.ID()
	if _, err := quickreplies.Add(app, who.pre, quickreplies.Draft{Text: "x", File: &other}); fail.Of(err).Kind != fail.FileGone {
		t.Errorf("a message's file was taken: %v", err)
	}
}

func TestListIsTakenInAndHandedOut(t *testing.T) {
	t.Parallel()
	app, who, b := browsers(t)
	if _, err := quickreplies.Add(app, who.boss, quickreplies.Draft{Code: "hi", Title: "旧", Text: "旧的", Scope: quickreplies.Shop}); err != nil {
		t.Fatal(err)
	}
	const list = "短码,标题,内容,分类,范围,客服组\n" +
		"hi,新,\"新的，\n两行\",问候,店铺,\n" +
		"th,退货,=cmd|' /C calc'!A0,售后,客服组,售后\n" +
		"bad code,,x,,店铺,\n" +
		"no,,,,,\n" +
		"gr,,x,,客服组,没有的组\n" +
		"hi,,又一条,,店铺,\n" +
		",,我自己的,,个人,\n"
	raw, err := simplifiedchinese.GB18030.NewEncoder().String(list)
	if err != nil {
		t.Fatal(err)
	}
	take := func(who string, fields map[string]string, file []byte) desktest.Answer {
		body, kind := form(t, fields, "file", file)
		return b[who].Send(http.MethodPost, at+"/import", body, kind)
	}
	seen := take("boss", map[string]string{"scope": "shop"}, []byte(raw))
	if seen.Status != http.StatusOK || strings.Count(seen.Text, "qr-fault") != 4 || len(mine(t, app, who.boss)) != 1 {
		t.Fatalf("preview: %d, %d faults", seen.Status, strings.Count(seen.Text, "qr-fault"))
	}
	_, rest, _ := strings.Cut(seen.Text, `name="rows" value="`)
	rows, _, _ := strings.Cut(rest, `"`)
	rows = strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(rows)
	if a := take("boss", map[string]string{"scope": "shop", "rows": rows, "go": "yes", "same": "skip"}, nil); a.Status != http.StatusSeeOther || len(mine(t, app, who.boss)) != 3 {
		t.Fatalf("skip: %d, %d are there", a.Status, len(mine(t, app, who.boss)))
	}
	if a := take("boss", map[string]string{"scope": "shop", "rows": rows, "go": "yes", "same": "update"}, nil); a.Status != http.StatusSeeOther || len(mine(t, app, who.boss)) != 3 {
		t.Fatalf("update: %d, %d are there", a.Status, len(mine(t, app, who.boss)))
	}
	texts := map[string]string{}
	for _, q := range mine(t, app, who.boss) {
		texts[q.Code()] = q.Text()
	}
	if texts["hi"] != "新的，\n两行" || texts["th"] != "=cmd|' /C calc'!A0" || texts[""] != "我自己的" {
		t.Errorf("taken in: %q", texts)
	}
	// An agent takes in their own alone, whatever the rows say that they send.
	if a := take("pre", map[string]string{"scope": "shop", "rows": rows, "go": "yes", "same": "update"}, nil); a.Status != http.StatusSeeOther {
		t.Errorf("an agent: %d", a.Status)
	}
	for _, q := range mine(t, app, who.pre) {
		if q.Scope() == quickreplies.Shop && q.Text() != "新的，\n两行" {
			t.Errorf("an agent changed the shop's: %q", q.Text())
		}
	}
	out := b["own"].Post(at+"/export", nil)
	if out.Status != http.StatusOK || !strings.HasPrefix(out.Text, "\ufeff") || !strings.Contains(out.Text, "'=cmd|") || strings.Contains(out.Text, "我自己的") {
		t.Errorf("export: %d %q", out.Status, out.Text)
	}
	// What was handed out changes nothing when it is taken in again.
	again := take("own", map[string]string{"scope": "shop"}, []byte(out.Text))
	if again.Status != http.StatusOK || strings.Contains(again.Text, "qr-fault") || !strings.Contains(again.Text, ">新增 0 条<") {
		t.Errorf("round trip: %d %s", again.Status, again.Text)
	}
	var acts []string
	if err := app.DB().NewQuery("SELECT act FROM audit WHERE seq > 0").Column(&acts); err != nil || !slices.Contains(acts, "quick_replies.exported") {
		t.Errorf("the trail does not tell of the export: %q, %v", acts, err)
	}
}

// Whatever staff write is text to those who look at it.
func TestHostileWordsAreShownAsText(t *testing.T) {
	t.Parallel()
	app, who, b := browsers(t)
	for _, bad := range []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'-alert(1)-'`, `{{constructor.constructor('alert(1)')()}}`, `</textarea><svg/onload=alert(1)>`} {
		q, err := quickreplies.Add(app, who.pre, quickreplies.Draft{Title: cut(bad, 60), Text: bad, Category: cut(bad, 30)})
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{at, at + "/" + q.Id, at + "?q=" + url.QueryEscape(bad), "/admin/search?q=" + url.QueryEscape(cut(bad, 20))} {
			a := b["pre"].Get(path)
			for _, live := range []string{"<script>alert", "<img src=x", "<svg/onload"} {
				if strings.Contains(a.Text, live) {
					t.Errorf("%s holds %s", path, live)
				}
			}
		}
	}
}

func cut(text string, most int) string {
	if len(text) > most {
		return text[:most]
	}
	return text
}

func TestUnknownVariablesArePointedOut(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"您好 {客户昵称}，我是{客服昵称}，{店铺名} {昵称} {name}": "", "单号 {单号} {订单号} {单号}": "单号", "{{.}} ${7*7} {a b} {}": ". 7*7",
	} {
		if got := strings.Join(quickreplies.Unknown(text), " "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
