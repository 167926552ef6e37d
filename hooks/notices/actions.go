package notices

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// sent reads the form.
func sent(e *core.RequestEvent) (Draft, error) {
	if err := e.Request.ParseForm(); err != nil {
		return Draft{}, err
	}
	text := func(name string) string { return strings.TrimSpace(e.Request.PostFormValue(name)) }
	return Draft{
		Name: text("name"), Kind: Kind(text("kind")), Address: text("address"), Secret: text("secret"), Unsigned: text("unsigned") == "on",
		Groups: e.Request.PostForm["groups"], Codes: e.Request.PostForm["codes"],
	}, nil
}

func create(e *core.RequestEvent) error {
	d, err := sent(e)
	var b *Robot
	if err == nil {
		b, err = Add(e.App, d)
	}
	if err != nil {
		return showForm(e, nil, d, err)
	}
	return web.Done(e, at, "notices.added", "Name", b.Name())
}

func save(e *core.RequestEvent) error {
	id := e.Request.PathValue("id")
	d, err := sent(e)
	if err == nil {
		err = e.App.RunInTransaction(func(app core.App) error { return saveOver(e, app, id, d) })
	}
	if err != nil {
		b, lost := ByID(e.App, id)
		if lost != nil {
			return lost
		}
		d.Kind = b.Kind()
		return showForm(e, b, d, err)
	}
	return web.Done(e, at, "notices.saved")
}

// saveOver changes the robot unless somebody else has meanwhile.
func saveOver(e *core.RequestEvent, app core.App, id string, d Draft) error {
	b, err := ByID(app, id)
	if err != nil {
		return err
	}
	if err = web.Unchanged(e, b.changeable()); err == nil {
		_, err = Edit(app, id, d)
	}
	return err
}

func turn(e *core.RequestEvent) error {
	on := e.Request.PostFormValue("on") == "on"
	b, err := Turn(e.App, e.Request.PathValue("id"), on)
	if err != nil {
		return err
	}
	if on {
		return web.Done(e, at, "notices.turned_on", "Name", b.Name())
	}
	return web.Done(e, at, "notices.turned_off", "Name", b.Name())
}

// try has a robot speak now, and says what the other side answered.
func (p *pages) try(e *core.RequestEvent) error {
	b, err := ByID(e.App, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	if ok, after := p.trials.Allow(b.Id); !ok {
		return fail.New(fail.Limit, "notices.try_busy").In(after)
	}
	why, err := Try(e.Request.Context(), e.App, b.Id)
	switch {
	case err != nil:
		return err
	case why != nil:
		return fail.New(fail.Unavailable, "notices.try_failed", "Name", b.Name(), "Why", why.In(locale.In(web.Language(e))))
	case b.Kind() == Mail:
		return web.Done(e, at, "notices.tried_mail", "Name", b.Name())
	}
	return web.Done(e, at, "notices.tried", "Name", b.Name())
}

func remove(e *core.RequestEvent) error {
	b, err := Delete(e.App, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	return web.DoneUndo(e, at, at+"/restore?id="+url.QueryEscape(b.Id), "notices.deleted", "Name", b.Name())
}

func bringBack(e *core.RequestEvent) error {
	b, err := Restore(e.App, e.Request.FormValue("id"))
	if err != nil {
		return err
	}
	return web.Done(e, at, "notices.restored", "Name", b.Name())
}

func savePace(e *core.RequestEvent) error {
	count := func(name string) int {
		n, _ := strconv.Atoi(strings.TrimSpace(e.Request.PostFormValue(name)))
		return n // 0, where it is no number, is refused where it is saved
	}
	typed := Pace{Seconds: count("seconds"), Minutes: count("minutes")}
	err := e.App.RunInTransaction(func(app core.App) error {
		if err := web.Unchanged(e, PaceOf(app)); err != nil {
			return err
		}
		return SavePace(app, typed)
	})
	if err != nil {
		return showList(e, typed, err)
	}
	return web.Done(e, at, "notices.saved")
}
