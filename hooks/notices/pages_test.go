package notices_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
)

const at = "/admin/robots"

// owner is their browser on the served desk.
func owner(t *testing.T, app core.App) *desktest.Browser {
	t.Helper()
	const password = "orange-Kettle-42"
	if _, err := access.AddStaff(app, nil, access.Newcomer{Email: "owner@heye.cn", Nickname: "店主", Role: access.Owner, Password: password}); err != nil {
		t.Fatal(err)
	}
	return desktest.SignIn(t, desktest.Serve(t, app), "owner@heye.cn", password)
}

// What is typed into the form comes back on no page: not in the list, not in the
// form, not where it was refused.
func TestPagesTellNoSecret(t *testing.T) {
	t.Parallel()
	app, s := shop(t), listen(t)
	b := owner(t, app)
	form := url.Values{"kind": {"dingtalk"}, "name": {"主管群"}, "address": {s.address(notices.DingTalk)}, "secret": {secret}, "codes": {notices.Rule}, "groups": {groups(t, app)[0].Id}}
	if a := b.Post(at, form); a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	all, err := notices.Robots(app)
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	robot := at + "/" + all[0].Id
	for _, page := range []string{at, robot, "/admin/audit", "/admin/search?q=主管"} {
		if a := b.Get(page); strings.Contains(a.Text, token) || strings.Contains(a.Text, secret) || !strings.Contains(a.Text, "主管群") {
			t.Errorf("%s: %d %s", page, a.Status, a.Text)
		}
	}
	if a := b.Get(robot); !strings.Contains(a.Text, "127.0.0.1") || !strings.Contains(a.Text, token[len(token)-4:]) {
		t.Error("nobody can tell which address is kept")
	}
	form.Set("name", "")
	if a := b.Post(at, form); a.Status != http.StatusUnprocessableEntity || strings.Contains(a.Text, secret) {
		t.Errorf("refused: %d, or the secret comes back", a.Status)
	}
	edit := url.Values{"version": {b.Get(robot).Version()}, "name": {"值班群"}}
	if a := b.Post(robot, edit); a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	if address, kept, err := again(t, app, all[0]).Target(app); address != s.address(notices.DingTalk) || kept != secret || err != nil {
		t.Errorf("a new name has lost them: %q, %q, %v", address, kept, err)
	}
	if a := b.Post(robot, edit); a.Status != http.StatusConflict || !strings.Contains(a.Text, "值班群") {
		t.Errorf("an old form: %d", a.Status)
	}
}

// A test says what the other side says, in words, and cannot be used to flood it.
func TestTryingARobotExplains(t *testing.T) {
	t.Parallel()
	app, s := shop(t), listen(t)
	b, r := owner(t, app), robot(t, app, s, notices.Feishu)
	if a := b.Post(at+"/"+r.Id+"/try", nil); a.Status != http.StatusSeeOther {
		t.Errorf("%d %s", a.Status, a.Text)
	}
	if texts, _ := s.said(); len(texts) != 1 || !strings.Contains(texts[0], "测试消息") {
		t.Errorf("said %q", texts)
	}
	s.be(`{"code":19024,"msg":"Key Words Not Found"}`)
	if a := b.Post(at+"/"+r.Id+"/try", nil); a.Status != http.StatusConflict || !strings.Contains(a.Text, "关键词") || !strings.Contains(a.Text, "19024") {
		t.Errorf("%d %s", a.Status, a.Text)
	}
	if a := b.Get(at); !strings.Contains(a.Text, "发送失败") {
		t.Error("the list does not show it")
	}
	status := 0
	for range 6 {
		status = b.Post(at+"/"+r.Id+"/try", nil).Status
	}
	if _, calls := s.said(); status != http.StatusTooManyRequests || calls > 6 {
		t.Errorf("%d calls, then %d", calls, status)
	}
}

func TestRobotsAreSwitchedAndDeletedOnThePage(t *testing.T) {
	t.Parallel()
	app, s := shop(t), listen(t)
	b, r := owner(t, app), robot(t, app, s, notices.WeCom)
	for _, on := range []string{"", "on"} {
		if a := b.Post(at+"/"+r.Id+"/turn", url.Values{"on": {on}}); a.Status != http.StatusSeeOther || again(t, app, r).Enabled() != (on == "on") {
			t.Errorf("turned %q: %d", on, a.Status)
		}
	}
	if a := b.Post(at+"/"+r.Id+"/delete", nil); a.Status != http.StatusSeeOther || strings.Contains(b.Get("/admin/robots").Text, `href="/admin/robots/`+r.Id) {
		t.Errorf("deleted: %d", a.Status)
	}
	if a := b.Post(at+"/restore?id="+r.Id, nil); a.Status != http.StatusSeeOther {
		t.Errorf("restored: %d", a.Status)
	}
	again(t, app, r)
	version := b.Get(at).Version()
	if a := b.Post(at+"/pace", url.Values{"version": {version}, "seconds": {"5"}, "minutes": {"x"}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a pace that is none: %d", a.Status)
	}
	if a := b.Post(at+"/pace", url.Values{"version": {version}, "seconds": {"60"}, "minutes": {"20"}}); a.Status != http.StatusSeeOther || notices.PaceOf(app).Seconds != 60 {
		t.Errorf("%d, %+v", a.Status, notices.PaceOf(app))
	}
	if a := b.Post(at+"/pace", url.Values{"version": {version}, "seconds": {"70"}, "minutes": {"20"}}); a.Status != http.StatusConflict {
		t.Errorf("over somebody else's: %d", a.Status)
	}
}

// A mailbox gets what a group gets, in its own pace.
func TestMailboxesAreTold(t *testing.T) {
	t.Parallel()
	app := shop(t)
	r, err := notices.Add(app, notices.Draft{Name: "店主", Kind: notices.Mail, Address: "boss@heye.cn"})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	alert(t, app, late(groups(t, app)[0].Id))
	speak(t, app, r, now)
	if r = again(t, app, r); r.Trouble().Key != "notices.trouble_no_mail" {
		t.Errorf("without a mail server: %+v", r.Trouble())
	}
	app.Settings().SMTP.Enabled = true
	alert(t, app, late(groups(t, app)[0].Id))
	speak(t, app, r, now.Add(time.Minute))
	alert(t, app, late(""))
	speak(t, app, r, now.Add(10*time.Minute)) // too early
	if n := app.TestMailer.TotalSend(); n != 1 {
		t.Fatalf("%d letters", n)
	}
	letter := app.TestMailer.LastMessage()
	if letter.To[0].Address != "boss@heye.cn" || letter.Subject != "禾野优选 · 超时升级" {
		t.Errorf("%s to %v", letter.Subject, letter.To)
	}
	for _, want := range []string{"售前", "另有 1 条", "https://kf.example.com/desk#conversation001"} {
		if !strings.Contains(letter.Text, want) {
			t.Errorf("%q lacks %q", letter.Text, want)
		}
	}
	speak(t, app, r, now.Add(12*time.Minute))
	if n := app.TestMailer.TotalSend(); n != 2 {
		t.Errorf("%d letters after the pause", n)
	}
}
