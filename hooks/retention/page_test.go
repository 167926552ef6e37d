package retention_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/retention"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// Before it is saved a rule tells what it would remove; once it is in force, how much
// is left to go, and in the end nothing. The meter tells what takes up the database.
func TestThePageTellsWhatGoesAndHowFarItIs(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	clock.Set(app, func() time.Time { return noon })
	if err := access.EnsureRoles(app); err != nil {
		t.Fatal(err)
	}
	if _, err := access.AddStaff(app, nil, access.Newcomer{Email: "owner@example.com", Nickname: "店主", Password: "orange-Kettle-42", Role: access.Owner}); err != nil {
		t.Fatal(err)
	}
	for i, id := range []string{"old1x", "old2x", "old3x"} {
		put(t, app, i+1, id, noon.AddDate(0, -13, 0))
	}
	owner := desktest.SignIn(t, desktest.Serve(t, app), "owner@example.com", "orange-Kettle-42")
	form := url.Values{"conversations": {"12"}, "files": {"0"}, "sessions": {"0"}, "logs": {"0"}}
	told := func() string {
		t.Helper()
		a := owner.Post("/admin/retention/effects", form)
		if a.Status != 200 {
			t.Fatalf("%d %s", a.Status, a.Text)
		}
		return a.Text
	}
	if text := told(); !strings.Contains(text, "保存后会删除 3 个会话、约 3 条消息") || strings.Contains(text, "every 5s") {
		t.Errorf("before: %s", text)
	}
	if err := settings.Save(app, "retention", retention.Rules{Conversations: 12}); err != nil {
		t.Fatal(err)
	}
	if text := told(); !strings.Contains(text, "还剩 3 个会话") || !strings.Contains(text, "every 5s") {
		t.Errorf("meanwhile: %s", text)
	}
	forget(t, app, retention.Rules{Conversations: 12})
	if text := told(); strings.Contains(text, "会话") || strings.Contains(text, "every 5s") {
		t.Errorf("afterwards: %s", text)
	}
	a := owner.Get("/admin/retention/database")
	for _, part := range []string{"消息 ", "搜索索引 ", "会话 ", "操作日志 ", "空闲 "} {
		if !strings.Contains(a.Text, part) {
			t.Errorf("the database has no %s: %d %s", part, a.Status, a.Text)
		}
	}
	if strings.Contains(a.Text, "消息 0 KB") {
		t.Errorf("messages take nothing: %s", a.Text)
	}
}
