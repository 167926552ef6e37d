package health_test

import (
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks"
	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/backup"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/health"
	"github.com/dianxiaoer/xiaoer/hooks/mail"
	"github.com/dianxiaoer/xiaoer/hooks/queries"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	view "github.com/dianxiaoer/xiaoer/views/health"
)

func exec(t *testing.T, app core.App, query string, p dbx.Params) {
	t.Helper()
	if _, err := app.NonconcurrentDB().NewQuery(query).Bind(p).Execute(); err != nil {
		t.Fatal(err)
	}
}

// is holds a check against the tone that it should have: what is not well says what to
// do, and what is says nothing of the kind; and the tone is told in words.
func is(t *testing.T, what string, c view.Check, want view.Tone) {
	t.Helper()
	wrong := want == view.Warn || want == view.Bad
	if c.Tone != want || (c.Do != "") != wrong || (c.Word != "") != (want != view.Unknown) || c.Say == "" || strings.Contains(c.Say+c.Do+c.Word, "health.") {
		t.Errorf("%s is %+v, want the tone %q", what, c, want)
	}
}

func TestADiskIsTightBeforeItIsFull(t *testing.T) {
	t.Parallel()
	x := health.ExamOf(desktest.Bare(t), "en", time.Now())
	const mega, giga = 1 << 20, 1 << 30
	for what, c := range map[string]struct {
		free  uint64
		daily int64
		want  view.Tone
	}{
		"much and quiet":       {100 * giga, 0, view.Good},
		"enough for 31 days":   {31 * giga, giga, view.Good},
		"enough for 29 days":   {29 * giga, giga, view.Warn},
		"enough for a week":    {7 * giga, giga, view.Warn},
		"enough for six days":  {6 * giga, giga, view.Bad},
		"under a gigabyte":     {giga - 1, 0, view.Warn},
		"a quarter of it":      {256 * mega, 0, view.Warn},
		"about to be too full": {256*mega - 1, 0, view.Bad},
	} {
		is(t, what, x.Room(c.free, 200*giga, c.daily), c.want)
	}
}

// Without a backup nothing is wrong on the first day, nor where nothing was said; with
// one it is wrong once a night was missed, whoever should have made it.
func TestABackupThatIsLateIsBad(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	now := time.Now()
	plan := func(p backup.Plan) {
		t.Helper()
		if err := settings.Save(app, "backup", p); err != nil {
			t.Fatal(err)
		}
	}
	on, off := backup.Plan{Hour: 4, Keep: 7}, backup.Plan{Off: true, Hour: 4, Keep: 7}
	each := func(what string, byPlan, byHand view.Tone) {
		t.Helper()
		plan(on)
		is(t, what, health.ExamOf(app, "zh-CN", now).Backup(), byPlan)
		plan(off)
		is(t, what+", no plan", health.ExamOf(app, "en", now).Backup(), byHand)
	}
	each("nothing was said", view.Unknown, view.Unknown)
	exec(t, app, "INSERT INTO messages (id, seq, conversation, contact, kind, time) VALUES ('first', 1, 'c', 'p', 'text', {:now})", dbx.Params{"now": clock.Stored(now)})
	each("the first day", view.Unknown, view.Unknown)
	now = now.Add(25 * time.Hour)
	each("the second", view.Bad, view.Bad)

	path := filepath.Join(app.DataDir(), core.LocalBackupsDirName, "xiaoer-20260101-040000.zip")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		age            time.Duration
		byPlan, byHand view.Tone
	}{
		{25 * time.Hour, view.Good, view.Good},
		{27 * time.Hour, view.Bad, view.Good},
		{8 * 24 * time.Hour, view.Bad, view.Bad},
		{365 * 24 * time.Hour, view.Bad, view.Bad},
	} {
		made := now.Add(-c.age)
		if err := os.Chtimes(path, made, made); err != nil {
			t.Fatal(err)
		}
		each(c.age.String(), c.byPlan, c.byHand)
	}
}

func TestRobotsThatCannotSpeakAreBad(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	now := time.Now()
	look := func() view.Check { return health.ExamOf(app, "en", now).Robots() }
	is(t, "none", look(), view.Unknown)
	add := func(id string, enabled bool, worked, failed time.Time) {
		t.Helper()
		exec(t, app, "INSERT INTO robots (id, name, kind, enabled, worked, failed) VALUES ({:id}, {:id}, 'wecom', {:enabled}, {:worked}, {:failed})",
			dbx.Params{"id": id, "enabled": enabled, "worked": clock.Stored(worked), "failed": clock.Stored(failed)})
	}
	add("off", false, time.Time{}, now)
	is(t, "one that is off", look(), view.Unknown)
	add("mended", true, now, now.Add(-time.Hour))
	is(t, "one that was mended", look(), view.Good)
	add("failing", true, now.Add(-time.Hour), now)
	if c := look(); c.Value != "2" || !strings.HasPrefix(c.Say, "1 robot ") {
		t.Errorf("of two one fails, it says %+v", c)
	}
	is(t, "one that fails", look(), view.Bad)
}

func TestSlowQueriesWantAttentionOnceTheyAreMany(t *testing.T) {
	t.Parallel()
	x := health.ExamOf(desktest.Bare(t), "en", time.Now())
	for what, c := range map[string]struct {
		noted queries.Noted
		want  view.Tone
	}{
		"a few that took long":  {queries.Noted{Times: 5, Worst: 2 * time.Second}, view.Good},
		"many that took little": {queries.Noted{Times: 50, Worst: time.Second}, view.Good},
		"many that took long":   {queries.Noted{Times: 6, Worst: 1001 * time.Millisecond}, view.Warn},
	} {
		is(t, what, x.Slow([]queries.Noted{c.noted}, c.noted.Times), c.want)
	}
	is(t, "none", x.Slow(nil, 0), view.Good)
}

// What was just written is in the database, although its file has not grown yet.
func TestTheDatabaseIsAsLargeAsWhatIsInIt(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	exec(t, app, "INSERT INTO settings (id, key, value) VALUES ('large', 'large', 'x' || hex(zeroblob(1500000)))", nil)
	if c := health.ExamOf(app, "en", time.Now()).Database(); !regexp.MustCompile(`^([3-9]|\d\d+)\.\d MB$`).MatchString(c.Value) {
		t.Errorf("it has %s", c.Value)
	}
}

// A letter that did not go out is told of, with what the mail server said.
func TestALetterThatFailsIsShown(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	now := time.Now()
	x := health.ExamOf(app, "zh-CN", now)
	is(t, "off", x.Mail(), view.Warn)
	app.Settings().SMTP.Enabled = true
	is(t, "not tried", x.Mail(), view.Good)
	is(t, "sent since", x.Letters(mail.Last{Sent: now, Failed: now.Add(-time.Hour), Why: "busy"}), view.Good)
	c := x.Letters(mail.Last{Sent: now.Add(-time.Hour), Failed: now, Why: "connection refused"})
	is(t, "refused", c, view.Bad)
	if !strings.Contains(c.Say, "connection refused") || !strings.Contains(c.Do, "授权码") {
		t.Errorf("it says %q, %q", c.Say, c.Do)
	}
}

// An address that a proxy tells counts where the proxy is believed; where it is not,
// the page is told of the network to believe.
func TestAProxyThatIsNotBelievedIsShown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		trusted, want string
	}{{"10.0.0.0/8", `data-proxy="127.0.0.1/32"`}, {"127.0.0.0/8", `data-proxy=""`}} {
		app := desktest.Bare(t)
		hooks.Register(app, &hooks.Config{Trusted: []netip.Prefix{netip.MustParsePrefix(c.trusted)}})
		if err := access.EnsureRoles(app); err != nil {
			t.Fatal(err)
		}
		if _, err := access.AddStaff(app, nil, access.Newcomer{Email: "owner@example.com", Nickname: "店主", Password: "orange-Kettle-42", Role: access.Owner}); err != nil {
			t.Fatal(err)
		}
		owner := desktest.SignIn(t, desktest.Serve(t, app), "owner@example.com", "orange-Kettle-42")
		if a := owner.Send(http.MethodGet, "/admin/health", nil, "", "X-Forwarded-For", "203.0.113.7"); a.Status != http.StatusOK || !strings.Contains(a.Text, c.want) {
			t.Errorf("who believes %s does not show %s: %d", c.trusted, c.want, a.Status)
		}
	}
}
