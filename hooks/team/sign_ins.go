package team

import (
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/team"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// signInsOf is where somebody is signed in and was, with what ends it.
func signInsOf(e *core.RequestEvent, p *access.Person, m *team.Person) error {
	say := locale.In(web.Language(e))
	open, err := access.OpenSignIns(e.App, p.ID, time.Now())
	if err != nil {
		return err
	}
	past, err := access.SignInHistory(e.App, p.ID)
	if err != nil {
		return err
	}
	v := &team.SignIns{}
	for _, s := range open {
		v.Open = append(v.Open, team.SignIn{
			Device: access.DeviceName(s.Device.Name, say), Address: s.Device.Address, At: s.Seen, Program: s.Program(), End: m.Member.Path + "/sign-ins/" + s.ID + "/end",
		})
	}
	for _, s := range past {
		v.Past = append(v.Past, team.SignIn{
			Device: access.DeviceName(s.Device.Name, say), Address: s.Device.Address, At: s.Began, What: access.WhatOf(s, say), Failed: s.Failed(),
		})
	}
	no := say.T("admin.cancel")
	if len(open) > 1 {
		v.EndAll = &ui.Question{
			Action: m.Member.Path + "/sign-ins/end", Label: say.T("team.end_all"), Look: "sm", Title: say.T("team.end_all_ask", "Name", p.Nickname),
			Text: say.T("team.end_all_text", "Count", len(open)), Yes: say.T("team.end_all"), No: no,
		}
	}
	if p.ID != access.Of(e).ID {
		v.Reset = &ui.Question{
			Action: m.Member.Path + "/reset-password", Label: say.T("team.reset"), Title: say.T("team.reset_ask", "Name", p.Nickname),
			Text: say.T("team.reset_text"), Yes: say.T("team.reset"), No: no, Whole: true,
		}
		if p.TwoStep {
			v.TwoStepOff = &ui.Question{
				Action: m.Member.Path + "/two-step/off", Label: say.T("team.two_step_off"), Title: say.T("team.two_step_off_ask", "Name", p.Nickname),
				Text: say.T("team.two_step_off_text"), Yes: say.T("team.two_step_off"), No: no,
			}
		}
	}
	v.TwoStep = p.TwoStep
	m.SignIns = v
	return nil
}

// resetPassword answers with a new card, this once.
func resetPassword(e *core.RequestEvent) error {
	p, err := access.Present(e.App, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	password, err := access.ResetPassword(e.App, access.Of(e), p.ID)
	if err != nil {
		return err
	}
	say := locale.In(web.Language(e))
	m := team.Cards{Title: say.T("team.reset_title", "Name", p.Nickname), Lead: say.T("team.reset_lead"), Back: pathStaff + "/" + p.ID}
	return showCards(e, m, []invited{{p.Nickname, p.Reach(), password}})
}

func dropTwoStep(e *core.RequestEvent) error {
	p, err := onPerson(e, access.DropTwoStep)
	if err != nil {
		return err
	}
	return web.Done(e, pathStaff+"/"+p.ID, "team.two_step_dropped", "Name", p.Nickname)
}

// endSignIn ends one sign-in, or all where the route names none.
func endSignIn(e *core.RequestEvent) error {
	one := e.Request.PathValue("sign_in")
	p, err := onPerson(e, func(app core.App, by *access.Person, id string) error { return access.SignOut(app, by, id, one) })
	if err != nil {
		return err
	}
	return web.Done(e, pathStaff+"/"+p.ID, "team.signed_out", "Name", p.Nickname)
}
