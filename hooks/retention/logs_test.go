package retention_test

import (
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/retention"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// log writes a line of PocketBase's log as of some days ago.
func log(t *testing.T, app core.App, days int) {
	t.Helper()
	l := &core.Log{Level: 8, Message: "of old"}
	l.MarkAsNew()
	l.Id = core.GenerateDefaultRandomId()
	var err error
	if l.Created, err = types.ParseDateTime(time.Now().AddDate(0, 0, -days)); err == nil {
		err = app.AuxSave(l)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// cleared runs what PocketBase does to its log by itself, and counts what is left of
// the lines.
func cleared(t *testing.T, app core.App) (n int) {
	t.Helper()
	for _, job := range app.Cron().Jobs() {
		if job.Id() == "__pbLogsCleanup__" {
			job.Run()
		}
	}
	if err := app.AuxDB().Select("COUNT(*)").From("_logs").Where(dbx.HashExp{"message": "of old"}).Row(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// What PocketBase clears by itself it clears by the rule, a longer one and a shorter
// one; without a rule it keeps what it always did, and goes on to write its log.
func TestLogsAreKeptAsLongAsTheRuleSays(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	rule := func(days int) {
		t.Helper()
		if err := settings.Save(app, "retention", retention.Rules{Logs: days}); err != nil {
			t.Fatal(err)
		}
	}
	rule(30)
	for _, days := range []int{1, 5, 20, 40} {
		log(t, app, days)
	}
	for _, c := range []struct{ rule, left int }{{30, 3}, {7, 2}, {0, 1}} {
		if rule(c.rule); cleared(t, app) != c.left {
			t.Errorf("a rule of %d days leaves %d of the lines, want %d", c.rule, cleared(t, app), c.left)
		}
	}
	if days := app.Settings().Logs.MaxDays; days != 3 {
		t.Errorf("without a rule the log is kept for %d days", days)
	}
}

// A rule that was saved before it had any effect has one from the next start on.
func TestTheRuleForLogsHoldsFromTheStart(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	if err := settings.Save(app, "retention", retention.Rules{Logs: 90}); err != nil {
		t.Fatal(err)
	}
	s, err := app.Settings().Clone()
	if err != nil {
		t.Fatal(err)
	}
	s.Logs.MaxDays = 3
	if err = app.Save(s); err != nil {
		t.Fatal(err)
	}
	desktest.Serve(t, app)
	if days := app.Settings().Logs.MaxDays; days != 90 {
		t.Errorf("the log is kept for %d days", days)
	}
}
