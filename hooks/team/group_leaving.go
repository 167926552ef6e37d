package team

import (
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// leavings are the ways in which a member leaves, by their fields in the form,
// which are those of [access.Leaving.Check].
var leavings = []struct {
	field, words string
	of           func(*access.Leaving) *access.Handing
}{
	{"leaving.offline", "routing.leaving_offline", func(l *access.Leaving) *access.Handing { return &l.Offline }},
	{"leaving.off_duty", "routing.leaving_off_duty", func(l *access.Leaving) *access.Handing { return &l.OffDuty }},
	{"leaving.break", "routing.leaving_break", func(l *access.Leaving) *access.Handing { return &l.Break }},
}

func typedLeaving(e *core.RequestEvent) (l access.Leaving) {
	for _, why := range leavings {
		*why.of(&l) = access.Handing(e.Request.PostFormValue(why.field))
	}
	return l
}

// leavingChoices are what the group can say of members who leave, with what the
// shop says where it says nothing.
func leavingChoices(e *core.RequestEvent, l access.Leaving) []ui.Choice {
	say, shop := locale.In(web.Language(e)), routing.SettingsOf(e.App).Leaving
	list := make([]ui.Choice, len(leavings))
	for i, why := range leavings {
		list[i] = ui.Choice{
			Name: why.field, Label: say.T(why.words), Value: string(*why.of(&l)),
			Empty: say.T("team.leaving_shop", "Is", say.T("routing.hand_"+string(*why.of(&shop)))),
		}
		for _, h := range access.Handings {
			list[i].Options = append(list[i].Options, ui.Option{Value: string(h), Label: say.T("routing.hand_" + string(h))})
		}
	}
	return list
}

// leavingInWords is what a group says of one way to leave.
func leavingInWords(say locale.Speaker, h access.Handing) string {
	if h == "" {
		return say.T("team.leaving_as_shop")
	}
	return say.T("routing.hand_" + string(h))
}
