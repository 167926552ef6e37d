package escalation

import (
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/mask"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/escalation"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// try says beside the form what the rule in it would have done. Nothing of it is
// kept. Without scripts the whole page comes back, with the form as it was typed.
func try(e *core.RequestEvent) error {
	t, err := sent(e)
	if err != nil {
		return err
	}
	status, trial := http.StatusOK, escalation.Trial{Lang: web.Language(e), Done: true}
	d, refused := t.draft()
	if refused == nil {
		zone := hours.Zone(settings.ShopOf(e.App).Zone)
		var result *Trial
		if result, refused = Try(e.Request.Context(), e.App, d, zone); refused == nil {
			trial, err = shownTrial(e, result, zone)
		}
	}
	if err != nil {
		return err
	}
	if refused != nil {
		f := fail.Of(refused)
		if f.Kind == fail.Internal {
			return refused
		}
		status, trial.Problem = f.Kind.Status(), f.Text(web.Language(e))
	}
	if web.WantsPart(e) {
		return web.RenderStatus(e, status, escalation.TrialPart(trial))
	}
	var r *Rule
	if id := e.Request.PostFormValue("rule"); id != "" {
		if r, err = ByID(e.App, id); err != nil {
			return err
		}
	}
	m, err := formOf(e, r, t)
	if err != nil {
		return err
	}
	if r != nil {
		m.Form.Version = e.Request.PostFormValue("version")
	}
	m.Trial = trial
	return web.RenderStatus(e, status, escalation.EditPage(m.Edit))
}

// shownTrial is a dry run for whoever looks: what they may not see of it is
// counted, and not shown.
func shownTrial(e *core.RequestEvent, t *Trial, zone *time.Location) (escalation.Trial, error) {
	p, say := access.Of(e), locale.In(web.Language(e))
	m := escalation.Trial{Lang: say.Language, Done: true, Count: t.Count, Conversations: t.Conversations, Entries: t.Entries, Whole: t.Whole, Days: daysOf(t, zone)}
	if !t.Whole && !t.Oldest.IsZero() {
		m.Oldest = t.Oldest.In(zone).Format(time.DateOnly)
	}
	words := p.May(access.ConversationsSeeAll)
	for _, f := range t.Fires {
		row := escalation.Fire{At: f.At, Why: why(say, f.because)}
		if conversations.Visible(p, f.Conversation) {
			row.Path = "/desk#" + f.Conversation.ID
			name, err := nameOf(e.App, p, f.Conversation.Customer)
			if err != nil {
				return m, err
			}
			row.Who = name
		}
		if words {
			row.Words = mask.Within(f.Words)
		}
		m.Fires = append(m.Fires, row)
	}
	return m, nil
}

// nameOf is the customer's name for p, "" where p may not know it or there is none.
func nameOf(app core.App, p *access.Person, customer string) (string, error) {
	if !p.May(access.CustomersSee) || customer == "" {
		return "", nil
	}
	c, err := customers.ByID(app, customer)
	switch {
	case err == nil:
		return mask.Within(c.Name()), nil
	case fail.Of(err).Kind == fail.NotFound:
		return "", nil
	}
	return "", err
}

// daysOf are all days that were looked at, the oldest first.
func daysOf(t *Trial, zone *time.Location) (days []escalation.Day) {
	if t.Count == 0 {
		return nil
	}
	most := slices.Max(slices.Collect(maps.Values(t.Days)))
	for i := range TrialDays + 1 {
		at := t.Since.In(zone).AddDate(0, 0, i)
		n := t.Days[at.Format(time.DateOnly)]
		days = append(days, escalation.Day{Label: at.Format("01-02"), Count: n, Share: float64(n) / float64(most)})
	}
	return days
}
