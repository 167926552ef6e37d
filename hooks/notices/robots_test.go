package notices_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
)

var inGroups = []notices.Kind{notices.WeCom, notices.DingTalk, notices.Feishu}

// late is an alert as a feature raises one, with words that have a variable.
func late(group string) notices.Warning {
	return notices.Warning{
		Code: notices.DeadlineEscalated, Key: "protocol.returned_deleted", Args: []any{"Name", "13812346027", "Count", 2},
		Group: group, Conversation: "conversation001",
	}
}

func alert(t testing.TB, app core.App, w notices.Warning) {
	t.Helper()
	if err := notices.Alert(app, w); err != nil {
		t.Fatal(err)
	}
}

func speak(t testing.TB, app core.App, b *notices.Robot, now time.Time) {
	t.Helper()
	if err := notices.Speak(context.Background(), app, b.Id, notices.DeadlineEscalated, 0, now); err != nil {
		t.Fatal(err)
	}
}

func again(t testing.TB, app core.App, b *notices.Robot) *notices.Robot {
	t.Helper()
	now, err := notices.ByID(app, b.Id)
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// effects are what the outbox is to do for robots, with when.
func effects(t testing.TB, app core.App) (due []time.Time) {
	t.Helper()
	var rows []struct{ Due string }
	if err := app.DB().NewQuery("SELECT due FROM outbox WHERE kind LIKE 'robot_%' ORDER BY rowid").All(&rows); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		at, err := time.Parse("2006-01-02 15:04:05.000Z", r.Due)
		if err != nil {
			t.Fatal(err)
		}
		due = append(due, at)
	}
	return due
}

// What is told is whose shop it is, what has happened, where, and the way there;
// it is signed as each product wants it, and nothing personal is in it.
func TestRobotsSayWhatTheProductsTake(t *testing.T) {
	t.Parallel()
	for _, k := range inGroups {
		t.Run(string(k), func(t *testing.T) {
			t.Parallel()
			app, s := shop(t), listen(t)
			b, group := robot(t, app, s, k), groups(t, app)[1]
			alert(t, app, late(group.Id))
			speak(t, app, b, time.Now())
			texts, _ := s.said()
			if len(texts) != 1 {
				t.Fatalf("said %q; trouble %+v", texts, again(t, app, b).Trouble())
			}
			for _, want := range []string{"禾野优选 · 超时", "138＊＊＊＊6027的账号已删除", group.Name(), "打开会话", "https://kf.example.com/desk#conversation001"} {
				if !strings.Contains(texts[0], want) {
					t.Errorf("%q lacks %q", texts[0], want)
				}
			}
			if strings.Contains(texts[0], "另有") || strings.Contains(texts[0], "13812346027") {
				t.Errorf("it says %q", texts[0])
			}
			if b = again(t, app, b); b.Worked().IsZero() || !b.Failed().IsZero() {
				t.Errorf("worked %v, failed %v", b.Worked(), b.Failed())
			}
			speak(t, app, b, time.Now()) // the effect may come twice
			if _, calls := s.said(); calls != 0 {
				t.Error("said twice")
			}
		})
	}
}

// A burst is one message at once and one after the pause, whatever comes; another
// code is told beside it.
func TestBurstsAreToldTogether(t *testing.T) {
	t.Parallel()
	app, s := shop(t), listen(t)
	b := robot(t, app, s, notices.Feishu)
	now := time.Now()
	for range 3 {
		alert(t, app, late(""))
	}
	if n := len(effects(t, app)); n != 1 {
		t.Fatalf("%d effects for one burst", n)
	}
	speak(t, app, b, now)
	for range 5 {
		alert(t, app, late(""))
	}
	speak(t, app, b, now.Add(29*time.Second)) // too early: put off
	speak(t, app, b, now.Add(31*time.Second))
	texts, calls := s.said()
	if len(texts) != 2 || calls != 2 || !strings.Contains(texts[0], "另有 2 条") || !strings.Contains(texts[1], "另有 4 条") {
		t.Errorf("%d calls: %q", calls, texts)
	}
	speak(t, app, b, now.Add(time.Hour))
	if _, calls := s.said(); calls != 0 {
		t.Error("nothing was left to say")
	}
	other := late("")
	other.Code = notices.Rule
	alert(t, app, other)
	if err := notices.Speak(t.Context(), app, b.Id, notices.Rule, 0, now.Add(33*time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, calls := s.said(); calls != 0 {
		t.Error("two messages within four seconds")
	}
	if err := notices.Speak(t.Context(), app, b.Id, notices.Rule, 0, now.Add(36*time.Second)); err != nil {
		t.Fatal(err)
	}
	if texts, _ := s.said(); len(texts) != 1 || !strings.Contains(texts[0], "升级规则") {
		t.Errorf("said %q", texts)
	}
}

// What comes while a message is on its way is told with the next.
func TestWhatComesMeanwhileIsNotLost(t *testing.T) {
	t.Parallel()
	app, s := shop(t), listen(t)
	b := robot(t, app, s, notices.WeCom)
	s.during = func() { alert(t, app, late("")); alert(t, app, late("")) }
	now := time.Now()
	alert(t, app, late(""))
	speak(t, app, b, now)
	due := effects(t, app)
	if wait := due[len(due)-1].Sub(now); len(due) != 2 || wait < 29*time.Second || wait > 31*time.Second {
		t.Errorf("%d effects, the last is due %v from now", len(due), wait)
	}
	s.during = nil
	speak(t, app, b, now.Add(31*time.Second))
	if texts, _ := s.said(); len(texts) != 2 || strings.Contains(texts[0], "另有") || !strings.Contains(texts[1], "另有 1 条") {
		t.Errorf("said %q", texts)
	}
}

// C64. Whatever the other side does, the alert stays and is told when it is well
// again; the robot's page says why it was not.
func TestFailuresAreTriedAgainAndExplained(t *testing.T) {
	t.Parallel()
	app, s := shop(t), listen(t)
	for i, c := range []struct {
		kind       notices.Kind
		fault, key string
	}{
		{notices.WeCom, "500", "notices.trouble_status"},
		{notices.WeCom, "429", "notices.trouble_limited"},
		{notices.WeCom, "redirect", "outbound.redirected"},
		{notices.WeCom, "html", "notices.trouble_odd"},
		{notices.WeCom, "bomb", "notices.trouble_odd"},
		{notices.WeCom, `{"errcode":45009,"errmsg":"api freq out of limit"}`, "notices.trouble_limited"},
		{notices.WeCom, `{"errcode":93000,"errmsg":"invalid webhook url, hint: [x], from ip: 1.2.3.4"}`, "notices.trouble_gone"},
		{notices.WeCom, `{"errcode":40058,"errmsg":"markdown.content exceed max length 4096. invalid Request Parameter"}`, "notices.trouble_content"},
		{notices.DingTalk, `{"errcode":310000,"errmsg":"keywords not in content"}`, "notices.trouble_keyword"},
		{notices.DingTalk, `{"errcode":310000,"errmsg":"sign not match"}`, "notices.trouble_sign"},
		{notices.DingTalk, `{"errcode":310000,"errmsg":"invalid timestamp"}`, "notices.trouble_sign"},
		{notices.DingTalk, `{"errcode":310000,"errmsg":"ip 1.2.3.4 not in whitelist"}`, "notices.trouble_address"},
		{notices.DingTalk, `{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}`, "notices.trouble_limited"},
		{notices.DingTalk, `{"errcode":"300001","errmsg":"token is not exist"}`, "notices.trouble_gone"},
		{notices.DingTalk, `{"errcode":-1,"errmsg":"system busy"}`, "notices.trouble_busy"},
		{notices.Feishu, `{"code":19024,"msg":"Key Words Not Found"}`, "notices.trouble_keyword"},
		{notices.Feishu, `{"code":19022,"msg":"Ip Not Allowed"}`, "notices.trouble_address"},
		{notices.Feishu, `{"code":19021,"msg":"sign match fail or timestamp is not within one hour from current time"}`, "notices.trouble_sign"},
		{notices.Feishu, `{"code":11232,"msg":"create message trigger rate limit"}`, "notices.trouble_limited"},
		{notices.Feishu, `{"code":9499,"msg":"too many request"}`, "notices.trouble_limited"},
		{notices.Feishu, `{"code":9499,"msg":"Bad Request"}`, "notices.trouble_refused"},
		{notices.Feishu, `{}`, "notices.trouble_odd"},
	} {
		b, err := notices.Add(app, notices.Draft{Name: strconv.Itoa(i), Kind: c.kind, Address: s.address(c.kind), Secret: secret})
		if err != nil {
			t.Fatal(err)
		}
		s.be(c.fault)
		now := time.Now()
		alert(t, app, late(""))
		speak(t, app, b, now)
		b = again(t, app, b)
		if why := b.Trouble(); why.Key != c.key || b.Failed().IsZero() || !b.Worked().IsZero() {
			t.Errorf("%s %s: %+v, failed %v", c.kind, c.fault, why, b.Failed())
		}
		due := effects(t, app)
		if wait := due[len(due)-1].Sub(now); wait < 3*time.Second || wait > 11*time.Minute || strings.HasSuffix(c.key, "limited") && wait < 59*time.Second {
			t.Errorf("%s %s: again in %v", c.kind, c.fault, wait)
		}
		s.said()
		s.be("")
		speak(t, app, b, now.Add(time.Minute))
		if texts, _ := s.said(); len(texts) != 1 {
			t.Errorf("%s %s: not told when it was well again: %q, %+v", c.kind, c.fault, texts, again(t, app, b).Trouble())
		}
		if _, err := notices.Delete(app, b.Id); err != nil {
			t.Fatal(err)
		}
	}
}

// What the other side repeats of address and secret is not kept.
func TestTroubleTellsNoSecret(t *testing.T) {
	t.Parallel()
	app, s := shop(t), listen(t)
	b := robot(t, app, s, notices.DingTalk)
	s.be(`{"errcode":88,"errmsg":"no such access_token=` + token + ` \n\u0007 or ` + secret + " " + strings.Repeat("长", 500) + `"}`)
	alert(t, app, late(""))
	speak(t, app, b, time.Now())
	why := again(t, app, b).Trouble()
	if why.Key != "notices.trouble_gone" || strings.Contains(why.Text, token) || strings.Contains(why.Text, secret) || len([]rune(why.Text)) > 121 || strings.ContainsAny(why.Text, "\n\a") {
		t.Errorf("%+v", why)
	}
}

// An alert that nobody took for a day is told no more, and one that failed waits
// longer each time.
func TestPausesGrowAndEnd(t *testing.T) {
	t.Parallel()
	app, s := shop(t), listen(t)
	b := robot(t, app, s, notices.Feishu)
	s.be("500")
	now := time.Now()
	alert(t, app, late(""))
	var before time.Duration
	for _, tries := range []int{0, 1, 2, 6, 7, 50} {
		if err := notices.Speak(t.Context(), app, b.Id, notices.DeadlineEscalated, tries, now); err != nil {
			t.Fatal(err)
		}
		due := effects(t, app)
		wait := due[len(due)-1].Sub(now)
		if wait < before || wait > 10*time.Minute+time.Second {
			t.Errorf("after %d tries: %v", tries, wait)
		}
		before = wait
	}
	n := len(effects(t, app))
	if err := notices.Speak(t.Context(), app, b.Id, notices.DeadlineEscalated, 200, now.Add(25*time.Hour)); err != nil || len(effects(t, app)) != n {
		t.Errorf("it goes on for ever: %v", err)
	}
	s.be("")
	speak(t, app, b, now.Add(26*time.Hour))
	if texts, _ := s.said(); len(texts) > 0 {
		t.Errorf("a day later it says %q", texts)
	}
}

// An alert is committed with what caused it, or not at all; and is said by
// whoever runs next where the program is killed before it could be said.
func TestAlertsOutliveTheProgram(t *testing.T) {
	t.Parallel()
	app, s := shop(t), listen(t)
	b := robot(t, app, s, notices.DingTalk)
	boom := errors.New("boom")
	err := app.RunInTransaction(func(app core.App) error {
		alert(t, app, late(""))
		return boom
	})
	if err == nil || len(effects(t, app)) != 0 {
		t.Fatalf("%v, %d effects", err, len(effects(t, app)))
	}
	alert(t, app, late("")) // nothing runs yet: this is the moment of the kill
	if n := len(effects(t, app)); n != 1 {
		t.Fatalf("%d effects", n)
	}
	desktest.Serve(t, app)
	for deadline := time.After(10 * time.Second); again(t, app, b).Worked().IsZero(); {
		select {
		case <-deadline:
			t.Fatal("not said after the start")
		case <-time.After(20 * time.Millisecond):
		}
	}
	if texts, calls := s.said(); len(texts) != 1 || calls != 1 {
		t.Errorf("%d calls, said %q", calls, texts)
	}
}

// While the program stops, a message that is cut off keeps its effect.
func TestStoppingLosesNoAlert(t *testing.T) {
	t.Parallel()
	app, s := shop(t), listen(t)
	b := robot(t, app, s, notices.WeCom)
	alert(t, app, late(""))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := notices.Speak(ctx, app, b.Id, notices.DeadlineEscalated, 0, time.Now()); err == nil {
		t.Error("the outbox is told that it was done")
	}
	if !again(t, app, b).Failed().IsZero() {
		t.Error("the robot is blamed")
	}
}

// A robot tells of its groups and codes, and only while it is switched on.
func TestRobotsTellWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	app, s := shop(t), listen(t)
	g := groups(t, app)
	mine, other := late(g[0].Id), late(g[1].Id)
	rule := mine
	rule.Code = notices.Rule
	draft := notices.Draft{Name: "售前", Kind: notices.Feishu, Address: s.address(notices.Feishu), Secret: secret, Groups: []string{g[0].Id}, Codes: []string{notices.DeadlineEscalated}}
	b, err := notices.Add(app, draft)
	if err != nil {
		t.Fatal(err)
	}
	turn := func(on bool) {
		t.Helper()
		if _, failed := notices.Turn(app, b.Id, on); failed != nil {
			t.Fatal(failed)
		}
	}
	for _, w := range []notices.Warning{other, rule, late("")} {
		alert(t, app, w)
	}
	if n := len(effects(t, app)); n != 0 {
		t.Fatalf("%d effects for what it is not for", n)
	}
	turn(false)
	alert(t, app, mine)
	if n := len(effects(t, app)); n != 0 {
		t.Fatal("one that is off is told")
	}
	turn(true)
	alert(t, app, mine)
	turn(false)
	speak(t, app, b, time.Now()) // it was switched off before it could speak
	if texts, _ := s.said(); len(texts) > 0 {
		t.Errorf("one that is off says %q", texts)
	}
	boss, err := access.AddStaff(app, nil, access.Newcomer{Email: "owner@heye.cn", Nickname: "店主", Role: access.Owner, Password: "orange-Kettle-42"})
	if err != nil {
		t.Fatal(err)
	}
	p, err := access.ByID(app, boss.Id)
	if err != nil {
		t.Fatal(err)
	}
	turn(true)
	if err := access.DeleteGroup(app, p, g[0].Id, g[1].Id); err != nil {
		t.Fatal(err)
	}
	if b = again(t, app, b); len(b.Groups()) != 1 || b.Groups()[0] != g[1].Id || !b.Enabled() {
		t.Errorf("after its group went: %v, enabled %v", b.Groups(), b.Enabled())
	}
	if err := access.DeleteGroup(app, p, g[1].Id, ""); err != nil {
		t.Fatal(err)
	}
	if b = again(t, app, b); len(b.Groups()) != 0 || b.Enabled() {
		t.Errorf("one whose only group went tells of everything: %v, enabled %v", b.Groups(), b.Enabled())
	}
}

// C65, C89. Address and secret are sealed, never told again, and a secret does not
// go to another address.
func TestAddressesAndSecretsStayWhereTheyAre(t *testing.T) {
	t.Parallel()
	app, s := shop(t), listen(t)
	b := robot(t, app, s, notices.DingTalk)
	trace := func() []byte {
		r, err := app.FindRecordById(notices.Collection, b.Id)
		if err != nil {
			t.Fatal(err)
		}
		public, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		row := fmt.Append(nil, r.FieldsData())
		var entries []struct{ Told string }
		if err := app.DB().NewQuery("SELECT act || changes AS told FROM audit WHERE seq > 0 ORDER BY seq LIMIT 100").All(&entries); err != nil {
			t.Fatal(err)
		}
		return fmt.Append(append(public, row...), entries)
	}
	if all := trace(); bytes.Contains(all, []byte(token)) || bytes.Contains(all, []byte(secret)) || !bytes.Contains(all, []byte("robots.created")) {
		t.Errorf("kept in the open: %s", all)
	}
	elsewhere := strings.Replace(s.address(notices.DingTalk), "127.0.0.1", "127.0.0.2", 1)
	for name, c := range map[string]struct {
		draft           notices.Draft
		address, secret string
	}{
		"nothing typed":      {notices.Draft{}, s.address(notices.DingTalk), secret},
		"another name":       {notices.Draft{Address: s.address(notices.DingTalk)}, s.address(notices.DingTalk), secret},
		"another secret":     {notices.Draft{Secret: " x "}, s.address(notices.DingTalk), "x"},
		"signs no longer":    {notices.Draft{Unsigned: true}, s.address(notices.DingTalk), ""},
		"another host":       {notices.Draft{Address: elsewhere}, elsewhere, ""},
		"both":               {notices.Draft{Address: elsewhere, Secret: "y"}, elsewhere, "y"},
		"another token":      {notices.Draft{Address: s.address(notices.DingTalk) + "1"}, s.address(notices.DingTalk) + "1", ""},
		"the same with more": {notices.Draft{Address: "  " + s.address(notices.DingTalk) + "\n"}, s.address(notices.DingTalk), secret},
	} {
		if _, err := notices.Edit(app, b.Id, notices.Draft{Name: "主管群", Address: s.address(notices.DingTalk), Secret: secret}); err != nil {
			t.Fatal(err)
		}
		c.draft.Name = "主管群"
		now, err := notices.Edit(app, b.Id, c.draft)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if address, kept, err := now.Target(app); address != c.address || kept != c.secret || err != nil {
			t.Errorf("%s: %s, %q, %v", name, address, kept, err)
		}
	}
	if all := trace(); bytes.Contains(all, []byte(token)) || bytes.Contains(all, []byte(secret)) {
		t.Errorf("kept in the open after a change: %s", all)
	}
	raw, err := app.FindRecordById(notices.Collection, b.Id)
	if err != nil {
		t.Fatal(err)
	}
	raw.Set("address", "https://oapi.dingtalk.com/robot/send?access_token=x")
	if err := app.Save(raw); fail.Of(err).Key != "notices.address_sealed" {
		t.Errorf("typed into the dashboard: %v", err)
	}
	if err := os.Remove(filepath.Join(app.DataDir(), "robots.key")); err != nil {
		t.Error("the key is not a file of its own:", err)
	}
}

func TestAddressesAreTheProducts(t *testing.T) {
	t.Parallel()
	app := shop(t)
	for _, c := range []struct {
		kind         notices.Kind
		address, key string
	}{
		{notices.WeCom, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7aoc", ""},
		{notices.DingTalk, "https://oapi.dingtalk.com/robot/send?access_token=b50725", ""},
		{notices.Feishu, "https://open.feishu.cn/open-apis/bot/v2/hook/5e3d587e", ""},
		{notices.Feishu, "https://open.larksuite.com/open-apis/bot/v2/hook/5e3d587e", ""},
		{notices.Mail, "boss@heye.cn", ""},
		{notices.WeCom, "", "outbound.address_wrong"},
		{notices.WeCom, "https://oapi.dingtalk.com/robot/send?access_token=b50725", "notices.address_of_dingtalk"},
		{notices.DingTalk, "https://open.feishu.cn/open-apis/bot/v2/hook/5e3d587e", "notices.address_of_feishu"},
		{notices.Feishu, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", "notices.address_of_wecom"},
		{notices.Feishu, "https://open.feishu.cn/open-apis/bot/v2/hook/", "notices.address_no_feishu"},
		{notices.DingTalk, "https://oapi.dingtalk.com/robot/send", "notices.address_no_dingtalk"},
		{notices.WeCom, "https://example.com/", "notices.address_no_wecom"},
		{notices.WeCom, "ftp://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", "outbound.address_wrong"},
		{notices.WeCom, "https://u:p@qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", "outbound.address_wrong"},
		{notices.Mail, "Boss <boss@heye.cn>", "access.email_wrong"},
		{notices.Mail, "a@b.cn, c@d.cn", "access.email_wrong"},
		{notices.WeCom, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7aoc", "notices.address_taken"},
	} {
		_, err := notices.Add(app, notices.Draft{Name: "群", Kind: c.kind, Address: c.address})
		if c.key == "" && err != nil || c.key != "" && (fail.Of(err).Key != c.key || fail.Of(err).Field != "address") {
			t.Errorf("%s %s: %v, want %q", c.kind, c.address, err, c.key)
		}
	}
	for _, d := range []notices.Draft{{Name: " ", Kind: notices.Mail, Address: "x@heye.cn"}, {Name: strings.Repeat("长", 41), Kind: notices.Mail, Address: "x@heye.cn"}} {
		if _, err := notices.Add(app, d); fail.Of(err).Field != "name" {
			t.Errorf("%q: %v", d.Name, err)
		}
	}
}

// A deletion can be taken back for a day, unless another one speaks there by then.
func TestDeletedRobotsCanComeBack(t *testing.T) {
	t.Parallel()
	app, s := shop(t), listen(t)
	b := robot(t, app, s, notices.Feishu)
	alert(t, app, late(""))
	if _, err := notices.Delete(app, b.Id); err != nil {
		t.Fatal(err)
	}
	speak(t, app, b, time.Now())
	if _, calls := s.said(); calls > 0 {
		t.Error("a deleted robot speaks")
	}
	if _, err := notices.Restore(app, b.Id); err != nil {
		t.Error(err)
	}
	if _, err := notices.Delete(app, b.Id); err != nil {
		t.Fatal(err)
	}
	heir := robot(t, app, s, notices.Feishu)
	if _, err := notices.Restore(app, b.Id); fail.Of(err).Key != "notices.address_taken" {
		t.Errorf("two at one address: %v", err)
	}
	if err := notices.Sweep(app, time.Now().Add(25*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := app.FindRecordById(notices.Collection, b.Id); err == nil {
		t.Error("it is kept for ever")
	}
	again(t, app, heir)
}

func TestPaceIsKeptWithinReason(t *testing.T) {
	t.Parallel()
	app := shop(t)
	if p := notices.PaceOf(app); p.Seconds != 30 || p.Minutes != 10 {
		t.Errorf("without a wish: %+v", p)
	}
	for field, p := range map[string]notices.Pace{
		"seconds": {Seconds: 9, Minutes: 60},
		"minutes": {Seconds: 60, Minutes: 1441},
	} {
		if err := notices.SavePace(app, p); fail.Of(err).Field != field {
			t.Errorf("%+v: %v", p, err)
		}
	}
	if err := notices.SavePace(app, notices.Pace{Seconds: 60, Minutes: 60}); err != nil {
		t.Error(err)
	}
}

// Robots that told of all there was to tell of by itself tell of what nobody looks
// at, too; the shop's choice among them stays as it was.
func TestRobotsOfBeforeTellWhatNobodyLooksAt(t *testing.T) {
	t.Parallel()
	app, s := shop(t), listen(t)
	all := []string{notices.DeadlineEscalated, notices.Rule}
	want := map[string][]string{}
	for i, c := range []struct{ had, has []string }{
		{nil, nil}, // which is everything
		{all, append(slices.Clone(all), notices.Unseen)},
		{[]string{notices.Rule}, []string{notices.Rule}},
		{notices.Alerts, notices.Alerts},
	} {
		b, err := notices.Add(app, notices.Draft{Name: "群", Kind: notices.Feishu, Address: s.address(notices.Feishu) + strconv.Itoa(i), Secret: secret, Codes: c.had})
		if err != nil {
			t.Fatal(err)
		}
		want[b.Id] = c.has
	}
	for _, m := range core.AppMigrations.Items() {
		if m.File == "1790002600_robots_tell_unseen.go" {
			if err := m.Up(app); err != nil {
				t.Fatal(err)
			}
		}
	}
	list, err := notices.Robots(app)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range list {
		if !slices.Equal(b.Codes(), want[b.Id]) {
			t.Errorf("tells %q, want %q", b.Codes(), want[b.Id])
		}
	}
}
