package channels

import (
	"strconv"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/channels"
)

// create adds a channel and shows its secret, this once.
func create(e *core.RequestEvent) error {
	n, err := sent(e)
	var c *Channel
	if err == nil {
		err = groupsExist(e.App, n)
	}
	if err == nil {
		c, err = Add(e.App, n)
	}
	if err != nil {
		return showForm(e, nil, n, err)
	}
	m := identityOf(e, c)
	m.Fresh, m.Made = c.Secrets()[0].Text, true
	e.Response.Header().Set("HX-Push-Url", at+"/"+c.Id+"/identity") // a reload does not send the form again
	return web.Show(e, channels.IdentityPage(m), channels.Made(m))
}

func save(e *core.RequestEvent) error {
	id := e.Request.PathValue("id")
	n, err := sent(e)
	if err == nil {
		err = groupsExist(e.App, n)
	}
	if err == nil {
		err = e.App.RunInTransaction(func(app core.App) error { return saveOver(e, app, id, n) })
	}
	if err == nil {
		return web.Done(e, at+"/"+id, "channels.saved")
	}
	c, lost := ByID(e.App, id)
	if lost != nil {
		return lost
	}
	return showForm(e, c, n, err)
}

// saveOver changes the channel unless somebody else has meanwhile.
func saveOver(e *core.RequestEvent, app core.App, id string, n New) error {
	c, err := ByID(app, id)
	if err != nil {
		return err
	}
	if err = web.Unchanged(e, c.changeable()); err == nil {
		_, err = Edit(app, id, n)
	}
	return err
}

func makeDefault(e *core.RequestEvent) error {
	c, err := MakeDefault(e.App, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	return web.Done(e, at, "channels.made_default", "Name", c.Name())
}

func remove(e *core.RequestEvent) error {
	c, err := Delete(e.App, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	return web.Done(e, at, "channels.deleted", "Name", c.Name())
}

// overlaps are the days for which the secret before can go on signing.
var overlaps = []int{7, 30, 1, 0}

// rotate makes a new secret and shows it, this once.
func rotate(e *core.RequestEvent) error {
	days, err := strconv.Atoi(e.Request.PostFormValue("overlap"))
	if err != nil || days < 0 || days > 30 {
		return fail.New(fail.Invalid, "channels.overlap_wrong").On("overlap")
	}
	c, err := Rotate(e.App, e.Request.PathValue("id"), time.Duration(days)*24*time.Hour)
	if err != nil {
		return err
	}
	m := identityOf(e, c)
	m.Fresh = c.Secrets()[0].Text
	return web.Show(e, channels.IdentityPage(m), channels.Secrets(m))
}

func endSecret(e *core.RequestEvent) error {
	c, err := EndSecret(e.App, e.Request.PathValue("id"), e.Request.PostFormValue("secret"))
	if err != nil {
		return err
	}
	return web.Done(e, at+"/"+c.Id+"/identity", "channels.secret_ended")
}
