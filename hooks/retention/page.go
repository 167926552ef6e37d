package retention

import (
	"path/filepath"
	"strconv"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/backup"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/disk"
	"github.com/dianxiaoer/xiaoer/hooks/files"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/retention"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// offered are the choices, in months for the first two and in days for the rest.
var (
	months = []int{3, 6, 12, 24, 36, 60}
	days   = []int{7, 30, 90, 180, 365}
)

func show(e *core.RequestEvent) error { return form(e, RulesOf(e.App), nil) }

func form(e *core.RequestEvent, typed Rules, refused error) error {
	say, now := locale.In(web.Language(e)), RulesOf(e.App)
	m := retention.Retention{
		Admin: web.Admin(e, "retention", say.T("retention.title")), Form: ui.Form{Action: path, Version: web.Version(now)},
		Rules: []ui.Choice{
			choice(say, ofConversations, "months", typed.Conversations, months), choice(say, ofFiles, "months", typed.Files, months),
			choice(say, ofSessions, "days", typed.Sessions, days), choice(say, ofLogs, "days", typed.Logs, days),
		},
	}
	var err error
	if m.Effects, m.Clearing, err = effectsOf(e.App, say, typed); err != nil {
		return err
	}
	if m.Meter, m.Total, err = meter(e.App, say); err != nil {
		return err
	}
	status, err := web.Returned(e, &m.Form, refused, []string{ofConversations, ofFiles, ofSessions, ofLogs}, func() *ui.Conflict {
		return web.Meanwhile(e, now, path, ui.Difference{Label: say.T("retention.conversations"), Theirs: strconv.Itoa(now.Conversations), Yours: strconv.Itoa(typed.Conversations)},
			ui.Difference{Label: say.T("retention.files"), Theirs: strconv.Itoa(now.Files), Yours: strconv.Itoa(typed.Files)})
	})
	if err != nil {
		return err
	}
	return web.ShowStatus(e, status, retention.Page(m), retention.Form(m))
}

func choice(say locale.Speaker, name, unit string, value int, offered []int) ui.Choice {
	c := ui.Choice{Name: name, Label: say.T("retention." + name), Hint: say.T("retention." + name + "_hint"), Value: strconv.Itoa(value)}
	c.Options = []ui.Option{{Value: "0", Label: say.T("retention.no_rule_" + unit)}}
	known := value == 0
	for _, n := range offered {
		known = known || n == value
		c.Options = append(c.Options, ui.Option{Value: strconv.Itoa(n), Label: say.T("retention."+unit, "Count", n)})
	}
	if !known { // set by the dashboard
		c.Options = append(c.Options, ui.Option{Value: c.Value, Label: say.T("retention."+unit, "Count", value)})
	}
	return c
}

func sent(e *core.RequestEvent) Rules {
	number := func(name string) int {
		n, err := strconv.Atoi(e.Request.PostFormValue(name))
		if err != nil {
			return -1
		}
		return n
	}
	return Rules{Conversations: number(ofConversations), Files: number(ofFiles), Sessions: number(ofSessions), Logs: number(ofLogs)}
}

func save(e *core.RequestEvent) error {
	typed := sent(e)
	err := e.App.RunInTransaction(func(app core.App) error {
		if err := web.Unchanged(e, RulesOf(app)); err != nil {
			return err
		}
		return settings.Save(app, key, typed)
	})
	if err != nil {
		return form(e, typed, err)
	}
	return web.Done(e, path, "retention.saved")
}

// effects tells what the rules in the form would remove.
func effects(e *core.RequestEvent) error {
	typed := sent(e)
	if err := typed.check(); err != nil {
		return err
	}
	list, clearing, err := effectsOf(e.App, locale.In(web.Language(e)), typed)
	if err != nil {
		return err
	}
	m := retention.Retention{Admin: web.Admin(e, "retention", ""), Effects: list, Clearing: clearing}
	return web.Render(e, retention.Effects(m))
}

// effectsOf tells what rules would remove, and of a rule that is in force already how
// much there is still to go; clearing is that there is some.
func effectsOf(app core.App, say locale.Speaker, r Rules) (list []string, clearing bool, err error) {
	now, inForce := clock.Now(app), RulesOf(app)
	t := telling{say: say}
	held, err := heldWords(app, say, now)
	if err != nil {
		return nil, false, err
	}
	if r != (Rules{}) {
		t.list = held
	}
	if r.Conversations > 0 {
		old, wrong := conversations.OldBefore(app, now.AddDate(0, -r.Conversations, 0))
		if wrong != nil {
			return nil, false, wrong
		}
		t.add(ofConversations, r.Conversations == inForce.Conversations, old.Conversations, "Conversations", old.Conversations, "Messages", old.Messages, "Room", disk.Text(old.Room),
			"Files", old.Files, "Size", disk.Text(old.Bytes))
	}
	if r.Files > 0 {
		n, bytes, wrong := conversations.OldFiles(app, now.AddDate(0, -r.Files, 0))
		if wrong != nil {
			return nil, false, wrong
		}
		t.add(ofFiles, r.Files == inForce.Files, n, "Files", n, "Size", disk.Text(bytes))
	}
	if r.Sessions > 0 {
		n, wrong := conversations.IdleSessions(app, now.AddDate(0, 0, -r.Sessions))
		if wrong != nil {
			return nil, false, wrong
		}
		t.add(ofSessions, r.Sessions == inForce.Sessions, n, "Sessions", n)
	}
	if r.Logs > 0 && r.Logs != inForce.Logs {
		t.list = append(t.list, say.T("retention.would_logs", "Days", r.Logs))
	}
	return t.list, t.clearing && len(held) == 0, nil
}

// heldWords tells until when nothing is removed, because the clock has leapt.
func heldWords(app core.App, say locale.Speaker, now time.Time) ([]string, error) {
	until, err := clock.HeldUntil(app, now)
	if err != nil || until.IsZero() {
		return nil, err
	}
	zone := hours.Zone(settings.ShopOf(app).Zone)
	return []string{say.T("retention.held", "Now", now.In(zone).Format("2006-01-02 15:04"), "Until", until.In(zone).Format("2006-01-02 15:04"))}, nil
}

// telling gathers what is told of several rules.
type telling struct {
	say      locale.Speaker
	list     []string
	clearing bool
}

// add tells of one that finds n of what it is about.
func (t *telling) add(what string, inForce bool, n int, args ...any) {
	state := "would_" + what
	switch {
	case n == 0 && inForce:
		return // it is as the rule wants it
	case n == 0:
		state, args = "would_nothing", []any{"What", t.say.T("retention." + what)}
	case inForce:
		state, t.clearing = "still_"+what, true
	}
	t.list = append(t.list, t.say.T("retention."+state, args...))
}

// meter is what the data folder holds, by kind, the largest parts of the database
// one by one.
func meter(app core.App, say locale.Speaker) (list []retention.Kind, total string, err error) {
	dir := app.DataDir()
	sizes := []struct {
		key   string
		bytes int64
	}{
		{"database", disk.Of(filepath.Join(dir, "data.db"), filepath.Join(dir, "data.db-wal"))},
		{"uploads", disk.Below(filepath.Join(dir, "files"))},
		{"backups", disk.Below(filepath.Join(dir, core.LocalBackupsDirName)) + disk.Below(filepath.Join(dir, backup.Before))},
		{"ballast", disk.Of(files.Ballast(app))},
		{"log", disk.Of(filepath.Join(dir, "auxiliary.db"), filepath.Join(dir, "auxiliary.db-wal"))},
	}
	all := disk.Below(dir)
	rest := all
	for _, s := range sizes {
		list = append(list, kind(say, s.key, s.bytes, all))
		rest -= s.bytes
	}
	list = append(list, kind(say, "rest", max(rest, 0), all))
	list[0].More = path + "/database"
	for _, t := range []string{ofMessages, ofConversations, customers.Customers, audit.Collection} {
		var n int
		if err = app.ConcurrentDB().Select("COUNT(*)").From(t).Where(dbx.NewExp("id > ''")).Row(&n); err != nil {
			return nil, "", err
		}
		list[0].Parts = append(list[0].Parts, say.T("retention.rows_"+t, "Count", n))
	}
	return list, disk.Text(all), nil
}

func kind(say locale.Speaker, key string, bytes, all int64) retention.Kind {
	k := retention.Kind{Label: say.T("retention.kind_" + key), Size: disk.Text(bytes)}
	if all > 0 {
		k.Share = strconv.FormatInt(bytes*100/all, 10)
	}
	return k
}
