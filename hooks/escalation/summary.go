package escalation

import (
	"strings"

	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// inWords says what a rule looks for and does, a few words for each part of it.
type inWords struct {
	say locale.Speaker
	dir *directory
}

func (w inWords) t(key string, args ...any) string { return w.say.T("escalation."+key, args...) }

// when are the conditions.
func (w inWords) when(c When) (list []string) {
	add := func(is bool, text string) {
		if is {
			list = append(list, text)
		}
	}
	if c.Words != nil {
		add(true, w.t("says_words", "Words", w.some(c.Words.Any)))
	}
	add(c.Amount > 0, w.t("says_amount", "Amount", c.Amount))
	if r := c.Rating; r != nil {
		switch {
		case r.Most > 0 && r.Unsolved:
			add(true, w.t("says_rating_or", "Score", r.Most))
		case r.Most > 0:
			add(true, w.t("says_rating", "Score", r.Most))
		default:
			add(true, w.t("says_unsolved"))
		}
	}
	add(c.Emotion != "", w.t("says_emotion_"+string(c.Emotion)))
	add(c.Again > 0, w.t("says_again", "Times", c.Again))
	add(len(c.Breach) > 0, w.t("says_breach", "Kinds", w.each("breach_", c.Breach)))
	add(len(c.Levels) > 0, w.t("says_levels", "Levels", w.some(c.Levels)))
	add(len(c.Channels) > 0, w.t("says_channels", "Names", w.named(w.dir.channels, c.Channels...)))
	add(len(c.Groups) > 0, w.t("says_groups", "Names", w.named(w.dir.groups, c.Groups...)))
	return list
}

// then are the actions.
func (w inWords) then(a Then) (list []string) {
	add := func(is bool, text string) {
		if is {
			list = append(list, text)
		}
	}
	add(a.Priority != "", w.t("does_priority", "Priority", w.t("priority_"+a.Priority)))
	add(len(a.Tags) > 0, w.t("does_tags", "Names", w.named(w.dir.tags, a.Tags...)))
	add(a.Staff != "", w.t("does_staff", "Name", w.named(w.dir.staff, a.Staff)))
	add(a.Group != "", w.t("does_group", "Name", w.named(w.dir.groups, a.Group)))
	add(a.Note != "", w.t("does_note"))
	add(a.Assignee, w.t("does_assignee"))
	add(a.Supervisors, w.t("does_supervisors"))
	add(a.Robots, w.t("does_robots"))
	return list
}

const someWords = 3

// some are the first few of a list.
func (w inWords) some(list []string) string {
	if len(list) <= someWords {
		return strings.Join(list, w.t("comma"))
	}
	return w.t("and_more", "Words", strings.Join(list[:someWords], w.t("comma")), "Count", len(list))
}

func (w inWords) each(prefix string, keys []string) string {
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i] = w.t(prefix + k)
	}
	return strings.Join(list, w.t("comma"))
}

func (w inWords) named(options []ui.Option, ids ...string) string {
	list := make([]string, len(ids))
	for i, id := range ids {
		if list[i] = nameIn(options, id); list[i] == "" {
			list[i] = w.t("not_there")
		}
	}
	return w.some(list)
}
