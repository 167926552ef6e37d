package health

import (
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/backup"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/disk"
	"github.com/dianxiaoer/xiaoer/hooks/mail"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
	"github.com/dianxiaoer/xiaoer/hooks/outbox"
	"github.com/dianxiaoer/xiaoer/hooks/protocol"
	"github.com/dianxiaoer/xiaoer/hooks/queries"
	"github.com/dianxiaoer/xiaoer/hooks/replica"
	"github.com/dianxiaoer/xiaoer/views/health"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// Thresholds.
const (
	tightDays = 30              // until the disk is full at the last week's pace
	fullDays  = 7               // likewise
	little    = 1 << 30         // bytes that should be free in any case
	bareBytes = 256 << 20       // bytes below which pictures are about to be refused
	stuck     = 5 * time.Minute // that an effect has been due
	often     = 5               // times that a question took long
	walTooBig = 256 << 20       // bytes; SQLite folds it back at 4 MB, and shrinks it to 200
)

// exam looks at one thing after the other, at one moment.
type exam struct {
	app core.App
	say locale.Speaker
	now time.Time
	me  string // the e-mail address of who looks
}

// found makes a check: its words are health.<key>…, what it says is say, and
// what to do about it is health.<key>_do where all is not well.
func (x exam) found(key, icon string, tone health.Tone, value, say string) health.Check {
	c := health.Check{Key: key, Icon: icon, Tone: tone, Title: x.say.T("health." + key), Value: value, Say: say}
	if tone != health.Unknown {
		c.Word = x.say.T("health.tone_" + string(tone))
	}
	if tone == health.Bad || tone == health.Warn {
		c.Do = x.say.T("health." + key + "_do")
	}
	return c
}

func (x exam) disk() health.Check {
	free, all, err := disk.Space(x.app.DataDir())
	if err != nil || all == 0 {
		return x.found("disk", "server", health.Unknown, "", x.say.T("health.disk_unknown"))
	}
	return x.room(free, all, x.growth())
}

// room judges how much is free of a disk that fills by so much a day.
func (x exam) room(free, all uint64, daily int64) health.Check {
	tone, days := health.Good, int64(-1)
	if daily > 0 {
		days = int64(min(free, 1<<62)) / daily
	}
	switch {
	case free < bareBytes || days >= 0 && days < fullDays:
		tone = health.Bad
	case free < little || days >= 0 && days < tightDays:
		tone = health.Warn
	}
	words := x.say.T("health.disk_quiet")
	if days >= 0 {
		words = x.say.T("health.disk_growth", "Daily", disk.Text(daily), "Days", days)
		if days > 3650 {
			words = x.say.T("health.disk_growth_slow", "Daily", disk.Text(daily))
		}
	}
	c := x.found("disk", "server", tone, x.say.T("health.disk_free", "Free", disk.Text(int64(min(free, 1<<62))), "All", disk.Text(int64(min(all, 1<<62)))), words)
	c.Go = health.Go{Path: "/admin/retention", Label: x.say.T("health.disk_go")}
	return c
}

// growth is how many bytes the last week has added a day: its uploads, and its
// share of the database.
func (x exam) growth() int64 {
	week := clock.Stored(x.now.AddDate(0, 0, -7))
	var uploads, entries int64
	_ = x.app.ConcurrentDB().NewQuery("SELECT COALESCE(SUM(size), 0) FROM files WHERE created > {:week}").Bind(map[string]any{"week": week}).Row(&uploads)
	span, _ := conversations.Extent(x.app) // an empty one where it cannot be read
	all := span.Head - span.Floor
	_ = x.app.ConcurrentDB().NewQuery(`SELECT COALESCE({:head} - (SELECT seq FROM messages WHERE seq > {:floor} AND time <= {:week} ORDER BY seq DESC LIMIT 1), {:all})`).
		Bind(map[string]any{"week": week, "head": span.Head, "floor": span.Floor, "all": all}).Row(&entries)
	if all == 0 {
		return uploads / 7
	}
	return (uploads + x.database()*min(entries, all)/all) / 7
}

// database is how large it is, what lies in its log and has not come into its file yet
// counted in.
func (x exam) database() (bytes int64) {
	_ = x.app.ConcurrentDB().NewQuery("SELECT c.page_count * s.page_size FROM pragma_page_count c, pragma_page_size s").Row(&bytes)
	return bytes
}

func (x exam) backup() health.Check {
	c := x.newest()
	c.Go = health.Go{Path: "/admin/backups", Label: x.say.T("health.backup_go")}
	return c
}

func (x exam) newest() health.Check {
	list, err := backup.Shelf(x.app)
	plan := backup.PlanOf(x.app)
	switch {
	case err != nil:
		return x.found("backup", "archive", health.Bad, "", x.say.T("health.backup_unreachable"))
	case len(list) == 0:
		return x.unmade(plan)
	}
	tone, words := health.Good, x.say.T("health.backup_beside")
	if x.app.Settings().Backups.S3.Enabled {
		words = x.say.T("health.backup_elsewhere")
	}
	if backup.Damaged(x.app) != nil {
		c := x.found("backup", "archive", health.Bad, "", x.say.T("health.backup_damaged"))
		c.Do = x.say.T("health.backup_damaged_do")
		return c
	}
	if backup.Overdue(x.app, list, x.now) {
		tone, words = health.Bad, x.say.T("health.backup_late")
		if plan.Off {
			words = x.say.T("health.backup_by_hand")
		}
	}
	return x.found("backup", "archive", tone, list[0].Ago(x.say, x.now), words)
}

// unmade is that there is no backup: nothing is wrong before there is something to
// lose and a night has passed.
func (x exam) unmade(plan backup.Plan) health.Check {
	words, tone := "health.backup_none", health.Unknown
	if plan.Off {
		words = "health.backup_off"
	}
	var first types.DateTime
	_ = x.app.ConcurrentDB().NewQuery("SELECT time FROM messages WHERE seq > 0 ORDER BY seq LIMIT 1").Row(&first) // none: nothing was said
	if !first.IsZero() && x.now.Sub(first.Time()) > 24*time.Hour {
		tone = health.Bad
		if !plan.Off {
			words = "health.backup_missing"
		}
	}
	return x.found("backup", "archive", tone, "", x.say.T(words))
}

// warm is the warm copy, where one is wanted.
func (x exam) warm() []health.Check {
	s, on := backup.ReplicaStatus(x.app)
	if !on {
		return nil
	}
	age, tone, words := "", health.Good, x.say.T("health.warm_fine")
	if !s.Fresh.IsZero() {
		age = backup.Ago(x.say, x.now.Sub(s.Fresh))
	}
	switch {
	case s.Failing != nil || s.Given || s.Age(x.now) > replica.Old:
		tone, words = health.Bad, x.say.T("health.warm_late")
	case s.Fresh.IsZero():
		tone, words = health.Unknown, x.say.T("health.warm_begins")
	}
	c := x.found("warm", "copy", tone, age, words)
	if s.Failing != nil {
		c.Do = backup.NotInStep(x.say, s.Failing)
	}
	c.Go = health.Go{Path: "/admin/backups", Label: x.say.T("health.backup_go")}
	return []health.Check{c}
}

// writing is the database: whether it takes writes, and whether its log is folded
// back.
func (x exam) writing() health.Check {
	size := disk.Text(x.database())
	wal := disk.Of(filepath.Join(x.app.DataDir(), "data.db-wal"))
	switch {
	case !conversations.Healthy(x.app):
		return x.found("database", "database", health.Bad, size, x.say.T("health.database_broken"))
	case wal > walTooBig:
		return x.found("database", "database", health.Warn, size, x.say.T("health.database_wal", "Size", disk.Text(wal)))
	default:
		return x.found("database", "database", health.Good, size, x.say.T("health.database_fine", "Size", disk.Text(wal)))
	}
}

func (x exam) mail() health.Check {
	if !mail.Ready(x.app) {
		c := x.found("mail", "mail", health.Warn, "", x.say.T("health.mail_off"))
		c.Go = health.Go{Path: "/admin/settings/mail", Label: x.say.T("health.mail_go")}
		return c
	}
	c := x.letters(mail.LastOf(x.app))
	if x.me == "" {
		c.Go = health.Go{Path: "/admin/settings/mail", Label: x.say.T("health.mail_go")}
		return c
	}
	c.Go = health.Go{Path: "/admin/settings/mail/test", Label: x.say.T("health.mail_test"), Post: true, Back: path}
	return c
}

// letters judges by what came of the last of them.
func (x exam) letters(last mail.Last) health.Check {
	tone, words := health.Good, x.say.T("health.mail_on")
	switch {
	case last.Failed.After(last.Sent):
		tone, words = health.Bad, x.say.T("health.mail_failed", "Ago", backup.Ago(x.say, x.now.Sub(last.Failed)), "Why", last.Why)
	case !last.Sent.IsZero():
		words = x.say.T("health.mail_sent", "Ago", backup.Ago(x.say, x.now.Sub(last.Sent)))
	}
	c := x.found("mail", "mail", tone, x.app.Settings().SMTP.Host, words)
	if tone == health.Bad {
		c.Do = x.say.T("health.mail_failed_do")
	}
	return c
}

func (x exam) robots() health.Check {
	list, err := notices.Robots(x.app)
	var on, failing int
	for _, b := range list {
		if !b.Enabled() {
			continue
		}
		on++
		if b.Failed().After(b.Worked()) {
			failing++
		}
	}
	var c health.Check
	switch {
	case err != nil:
		c = x.found("robots", "robot", health.Unknown, "", x.say.T("health.robots_unknown"))
	case failing > 0:
		c = x.found("robots", "robot", health.Bad, strconv.Itoa(on), x.say.T("health.robots_failing", "Count", failing))
	case on == 0:
		c = x.found("robots", "robot", health.Unknown, "", x.say.T("health.robots_none"))
	default:
		c = x.found("robots", "robot", health.Good, strconv.Itoa(on), x.say.T("health.robots_fine"))
	}
	c.Go = health.Go{Path: "/admin/robots", Label: x.say.T("health.robots_go")}
	return c
}

func (x exam) outbox() health.Check {
	b, err := outbox.BacklogOf(x.app, x.now)
	switch {
	case err != nil:
		return x.found("outbox", "send", health.Unknown, "", x.say.T("health.outbox_unknown"))
	case b.GivenUp > 0:
		c := x.found("outbox", "send", health.Bad, strconv.Itoa(b.Late), x.say.T("health.outbox_given_up", "Count", b.GivenUp))
		c.Go = health.Go{Path: path + "/outbox", Label: x.say.T("health.outbox_go"), Post: true}
		return c
	case waited(b, x.now) > stuck:
		return x.found("outbox", "send", health.Warn, strconv.Itoa(b.Late), x.say.T("health.outbox_stuck", "Minutes", int(waited(b, x.now).Minutes())))
	default:
		return x.found("outbox", "send", health.Good, strconv.Itoa(b.Late), x.say.T("health.outbox_fine"))
	}
}

func (x exam) sockets() health.Check {
	visitors, staff := protocol.Connected(x.app)
	return x.found("sockets", "users", health.Good, strconv.Itoa(visitors+staff), x.say.T("health.sockets_now", "Visitors", visitors, "Staff", staff))
}

func (x exam) slow(list []queries.Noted, total int) health.Check {
	if total == 0 {
		return x.found("slow", "hourglass", health.Good, "0", x.say.T("health.slow_none"))
	}
	tone := health.Good // once or twice is the disk's: it was asleep, or busy with a backup
	if slices.ContainsFunc(list, func(n queries.Noted) bool { return n.Worst > time.Second && n.Times > often }) {
		tone = health.Warn
	}
	return x.found("slow", "hourglass", tone, strconv.Itoa(total), x.say.T("health.slow_some", "Worst", list[0].Worst.Round(time.Millisecond).String()))
}
