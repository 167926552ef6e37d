package escalation

import (
	"database/sql"
	"errors"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// preset is a rule that every shop begins with, switched on where nearly all want
// it. Its name is under escalation.preset_ in the shop's language, and its note
// under preset_note_; the words are those of customers, who write either.
type preset struct {
	key   string
	on    bool
	when  When
	then  Then
	group string // key of the group that it hands to
	note  bool
	tag   string // key of the name of its tag, under escalation.
}

var presets = []preset{
	{
		key: "complaint", on: true, group: access.Complaint, note: true,
		when: When{Words: &Words{
			Any:    []string{"投诉", "举报", "12315", "消协", "消费者协会", "工商局", "市监局", "市场监管", "律师函", "起诉", "曝光你们", "lawsuit", "chargeback", "consumer protection", "file a complaint"},
			Except: []string{"不投诉", "不会投诉", "没投诉", "没有投诉", "不想投诉", "不举报", "不起诉", "投诉率"},
		}},
		then: Then{Priority: urgent, Supervisors: true, Robots: true},
	},
	{key: "angry", on: true, when: When{Emotion: conversations.Angry}, then: Then{Priority: high, Assignee: true}},
	{key: "low_rating", on: true, when: When{Rating: &Rating{Most: 2, Unsolved: true}}, then: Then{Supervisors: true}, tag: "tag_follow_up"},
	{key: "again", on: true, note: true, when: When{Again: 3}, then: Then{Priority: high}},
	{key: "first_late", when: When{Breach: []string{conversations.FirstResponse, conversations.UrgentToStaff}}, then: Then{Priority: high, Supervisors: true}},
	{key: "amount", when: When{Amount: 1000, Emotion: conversations.Upset}, then: Then{Priority: high, Supervisors: true}},
}

// EnsureRules makes those of the rules that every shop begins with that it never
// had. What it has changed or deleted stays so, as long as that is known.
func EnsureRules(app core.App) error {
	return app.RunInTransaction(func(app core.App) error {
		there, err := presetsKnown(app)
		if err != nil {
			return err
		}
		for _, p := range presets {
			if slices.Contains(there, p.key) {
				continue
			}
			d, err := p.draft(app)
			if err != nil {
				return err
			}
			if _, err := add(app, d, p.key); err != nil {
				return err
			}
		}
		return nil
	})
}

// draft is the preset in the shop's words.
func (p preset) draft(app core.App) (Draft, error) {
	say := locale.In(settings.ShopOf(app).Language)
	d := Draft{Name: say.T("escalation.preset_" + p.key), Enabled: p.on, When: p.when, Then: p.then}
	if p.note {
		d.Then.Note = say.T("escalation.preset_note_" + p.key)
	}
	if p.group != "" {
		g, err := access.GroupBy(app, p.group)
		switch {
		case err == nil:
			d.Then.Group = g.Id
		case !errors.Is(err, sql.ErrNoRows):
			return d, err
		}
	}
	if p.tag == "" {
		return d, nil
	}
	tag, err := tagCalled(app, say.T("escalation."+p.tag))
	if err != nil {
		return d, err
	}
	d.Then.Tags = []string{tag}
	return d, nil
}

// tagCalled is the tag of that name, which is made where it is missing.
func tagCalled(app core.App, name string) (id string, err error) {
	all, err := customers.AllTags(app)
	if err != nil {
		return "", err
	}
	if i := slices.IndexFunc(all, func(t *customers.Tag) bool { return t.Name() == name }); i >= 0 {
		return all[i].Id, nil
	}
	t, err := customers.AppendTag(app, name, "amber")
	if err != nil {
		return "", err
	}
	return t.Id, nil
}
