package escalation

import (
	"strconv"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/escalation"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

func unseenForm(app core.App, u Unseen) escalation.Unseen {
	return escalation.Unseen{
		Form:    ui.Form{ID: unseenKey, Action: at + "/unseen", Version: web.Version(UnseenOf(app))},
		Seconds: strconv.Itoa(u.Seconds), Groups: strconv.Itoa(u.Groups),
	}
}

func saveUnseen(e *core.RequestEvent) error {
	count := func(name string) int {
		n, err := strconv.Atoi(strings.TrimSpace(e.Request.PostFormValue(name)))
		if err != nil {
			return -1 // is refused where it is saved
		}
		return n
	}
	typed := Unseen{Seconds: count("seconds"), Groups: count("groups")}
	err := e.App.RunInTransaction(func(app core.App) error {
		if err := web.Unchanged(e, UnseenOf(app)); err != nil {
			return err
		}
		return settings.Save(app, unseenKey, typed)
	})
	if err != nil {
		return showUnseen(e, typed, err)
	}
	return web.Done(e, at, "escalation.unseen_saved")
}

// showUnseen answers with the list, and the form as it was typed and refused.
func showUnseen(e *core.RequestEvent, typed Unseen, refused error) error {
	m, err := listOf(e)
	if err != nil {
		return err
	}
	m.Unseen = unseenForm(e.App, typed)
	status, err := web.Returned(e, &m.Unseen.Form, refused, []string{"seconds", useGroups}, func() *ui.Conflict { return web.Meanwhile(e, UnseenOf(e.App), at) })
	if err != nil {
		return err
	}
	return web.ShowStatus(e, status, escalation.ListPage(m), escalation.UnseenForm(m))
}
