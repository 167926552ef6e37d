package admin

import (
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/backup"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/admin"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// front is the page that the admin console opens with: how things stand, who is
// here, and what to do next. The part that moves asks for itself every few
// seconds.
func front(e *core.RequestEvent) error {
	p, say := access.Of(e), locale.In(web.Language(e))
	m := admin.Front{Admin: web.Admin(e, "front", say.T("admin.front_title"))}
	m.Lead = say.T("admin.front_lead", "Time", time.Now().Format("15:04:05"))
	people, err := access.People(e.App)
	if err != nil {
		return err
	}
	if err = fillNow(e, p, people, &m); err != nil {
		return err
	}
	if !web.WantsPart(e) {
		if m.Todo, err = todo(e, p, len(people)); err != nil {
			return err
		}
	}
	return web.Show(e, admin.FrontPage(m), admin.FrontNow(m))
}

func fillNow(e *core.RequestEvent, p *access.Person, people []*access.Person, m *admin.Front) error {
	counts, err := conversations.Counts(e.App, p)
	if err != nil {
		return err
	}
	loads, err := conversations.Load(e.App)
	if err != nil {
		return err
	}
	m.Waiting, m.Open, m.Staff = counts["waiting"], counts["open"], len(people)
	if m.Waiting > 0 {
		if m.Longest, err = longest(e.App, p); err != nil {
			return err
		}
	}
	for _, one := range people {
		row := admin.Colleague{ID: one.ID, Name: one.Nickname, Avatar: one.Avatar, Role: one.RoleName, Load: loads[one.ID], Cap: one.Cap}
		switch routing.Presence(e.App, one) {
		case routing.Online:
			row.State = "online"
			m.Online++
		case routing.OnBreak:
			row.State, row.Reason = "break", one.PresenceReason
			m.OnBreak++
		default:
			row.State = "offline"
		}
		m.Colleagues = append(m.Colleagues, row)
	}
	return nil
}

// longest is how long the first of those who wait has waited, as 12:34.
func longest(app core.App, p *access.Person) (string, error) {
	list, err := conversations.InView(app, p, string(conversations.Waiting), 1<<62)
	if err != nil {
		return "", err
	}
	var first time.Time
	for _, c := range list {
		if !c.WaitingSince.IsZero() && (first.IsZero() || c.WaitingSince.Before(first)) {
			first = c.WaitingSince
		}
	}
	if first.IsZero() {
		return "", nil
	}
	wait := time.Since(first).Truncate(time.Second)
	if wait >= time.Hour {
		return fmt.Sprintf("%d:%02d:%02d", int(wait.Hours()), int(wait.Minutes())%60, int(wait.Seconds())%60), nil
	}
	return fmt.Sprintf("%02d:%02d", int(wait.Minutes()), int(wait.Seconds())%60), nil
}

// todo lists what a shop would do next, as far as the person may.
func todo(e *core.RequestEvent, p *access.Person, people int) ([]admin.Todo, error) {
	span, err := conversations.Extent(e.App)
	if err != nil {
		return nil, err
	}
	var list []admin.Todo
	for _, t := range []struct {
		may  access.Permission
		open bool
		admin.Todo
	}{
		{access.BackupsManage, backupLate(e.App), admin.Todo{Key: "backup", Icon: "archive", Path: "/admin/backups", Bad: true}},
		{access.ChannelsEdit, span.Head == 0, admin.Todo{Key: "quiet", Icon: "plug", Path: "/admin/channels"}},
		{access.StaffEdit, people == 1, admin.Todo{Key: "alone", Icon: "user-plus", Path: "/admin/staff/new"}},
		{access.SecurityEdit, !p.TwoStep, admin.Todo{Key: "two_step", Icon: "shield-lock", Path: "/account/two-step"}},
		{access.SettingsEdit, people > 1 && !e.App.Settings().SMTP.Enabled, admin.Todo{Key: "mail", Icon: "mail", Path: "/admin/settings"}},
	} {
		if t.open && p.May(t.may) {
			list = append(list, t.Todo)
		}
	}
	return list, nil
}

// backupLate reports whether there should be a newer backup than there is. A
// store that does not answer is said on the backups' own page.
func backupLate(app core.App) bool {
	list, err := backup.Shelf(app)
	return err == nil && backup.Overdue(app, list, time.Now())
}
