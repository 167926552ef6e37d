package access

import (
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/access"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// accountPage is what somebody sees of their own account.
func accountPage(e *core.RequestEvent) error {
	p, say, now := Of(e), locale.In(web.Language(e)), time.Now()
	m := access.Account{
		Admin: web.Admin(e, "account", say.T("signin.account_title")), Role: p.RoleName, Email: p.Email, Phone: p.Phone,
		PasswordSet: p.PasswordSet, TwoStep: p.TwoStep,
	}
	if days := SecurityOf(e.App).RotationDays; days > 0 {
		left := days - int(now.Sub(p.PasswordSet).Hours()/24)
		m.PasswordAge = say.T("signin.account_password_left", "Count", left)
	}
	var err error
	if m.Left, err = recoveryLeft(e.App, p.ID); err != nil {
		return err
	}
	if m.Open, err = openDevices(e.App, p, say, now); err != nil {
		return err
	}
	if m.History, err = events(e.App, p.ID, say); err != nil {
		return err
	}
	return web.Render(e, access.AccountPage(m))
}

// openDevices lists where p is signed in, this browser first.
func openDevices(app core.App, p *Person, say locale.Speaker, now time.Time) ([]access.Device, error) {
	open, err := OpenSignIns(app, p.ID, now)
	if err != nil {
		return nil, err
	}
	var list []access.Device
	for _, s := range open {
		d := access.Device{
			ID: s.ID, Name: DeviceName(s.Device.Name, say), Address: s.Device.Address, Phone: isPhone(s.Device.Name),
			Program: s.Program(), This: s.ID == p.SignIn, Used: say.T("signin.open_used", "Ago", ago(now.Sub(s.Seen), say)), Began: s.Began,
		}
		if d.This {
			d.Used = say.T("signin.open_now")
			list = append([]access.Device{d}, list...)
			continue
		}
		list = append(list, d)
	}
	return list, nil
}

func events(app core.App, staff string, say locale.Speaker) ([]access.Event, error) {
	past, err := SignInHistory(app, staff)
	if err != nil {
		return nil, err
	}
	list := make([]access.Event, len(past))
	for i, s := range past {
		list[i] = access.Event{Time: s.Began, Device: DeviceName(s.Device.Name, say), Address: s.Device.Address, What: WhatOf(s, say), Failed: s.Failed()}
	}
	return list, nil
}

// WhatOf says what a sign-in was, or how it ended.
func WhatOf(s SignIn, say locale.Speaker) string {
	if s.Why == "" {
		return say.T("signin.past_open")
	}
	return say.T("signin.past_" + s.Why)
}

// ago is a stretch of time in words, coarse enough to be read at a glance.
func ago(d time.Duration, say locale.Speaker) string {
	switch {
	case d < time.Minute:
		return say.T("signin.ago_now")
	case d < time.Hour:
		return say.T("signin.ago_minutes", "Count", int(d.Minutes()))
	case d < 48*time.Hour:
		return say.T("signin.ago_hours", "Count", int(d.Hours()))
	default:
		return say.T("signin.ago_days", "Count", int(d.Hours()/24))
	}
}

func endOthers(e *core.RequestEvent) error {
	if err := EndSignIns(e.App, Of(e).ID, Of(e).SignIn); err != nil {
		return err
	}
	return web.Done(e, pathAccount, "signin.ended_others")
}

// endMine ends one of one's own; of somebody else's it knows nothing.
func endMine(e *core.RequestEvent) error {
	if err := EndSignIn(e.App, Of(e).ID, e.Request.PathValue("id")); err != nil {
		return err
	}
	return web.Done(e, pathAccount, "signin.ended_one")
}
