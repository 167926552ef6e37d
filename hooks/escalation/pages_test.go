package escalation_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/escalation"
)

const at = "/admin/escalation"

// filled is the form of a rule.
func filled(pairs ...string) url.Values {
	form := url.Values{"name": {"退款"}, "enabled": {"on"}, "use": {"words"}, "words": {"退款\n退钱，退货"}, "do": {"priority"}, "priority": {"high"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == "use" || pairs[i] == "do" {
			form[pairs[i]] = append(form[pairs[i]], pairs[i+1])
			continue
		}
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func (s *shop) all() []*escalation.Rule {
	s.Helper()
	list, err := escalation.All(s.app)
	s.must(err)
	return list
}

func TestARuleIsWrittenSwitchedMovedDeletedAndBroughtBack(t *testing.T) {
	t.Parallel()
	s := open(t)
	b := desktest.SignIn(t, desktest.Serve(t, s.app), "boss@example.com", password)
	for _, form := range []url.Values{
		filled(), filled("name", "全部", "use", "amount", "amount", "５００", "use", "rating", "most", "2", "use", "emotion", "emotion", "upset", "use", "again", "again", "3",
			"use", "breach", "breach", "first", "use", "levels", "levels", "金卡、钻石", "use", "groups", "groups", s.sale, "do", "notify", "supervisors", "on", "do", "note", "note", "{原因}"),
	} {
		if a := b.Post(at, form); a.Status != http.StatusSeeOther {
			t.Fatalf("%v: %d %s", form, a.Status, a.Text)
		}
	}
	first, second := s.all()[0], s.all()[1]
	if !slices.Equal(first.When().Words.Any, []string{"退款", "退钱", "退货"}) || first.Then().Priority != "high" || !first.Enabled() {
		t.Errorf("%+v → %+v", first.When(), first.Then())
	}
	if w := second.When(); w.Amount != 500 || w.Rating.Most != 2 || w.Again != 3 || len(w.Levels) != 2 || !second.Then().Supervisors || second.Then().Note != "{原因}" {
		t.Errorf("%+v → %+v", w, second.Then())
	}
	list := b.Get(at)
	if !strings.Contains(list.Text, "提到退款、退钱、退货") || !strings.Contains(list.Text, "优先级高") {
		t.Error("the list does not say what the rule does")
	}
	b.Post(at+"/"+first.Id+"/switch", url.Values{"on": {"no"}})
	b.Post(at+"/order", url.Values{"order": {second.Id + " " + first.Id}})
	if now := s.all(); now[0].Id != second.Id || now[1].Enabled() {
		t.Error("not moved, or not switched off")
	}
	if a := b.Post(at+"/"+first.Id+"/delete", nil); a.Status != http.StatusSeeOther || len(s.all()) != 1 {
		t.Fatalf("delete: %d", a.Status)
	}
	undo := at + "/restore?id=" + first.Id
	if page := b.Get(at); !strings.Contains(page.Text, undo) {
		t.Error("no way back is offered")
	}
	if a := b.Post(undo, nil); a.Status != http.StatusSeeOther || len(s.all()) != 2 {
		t.Errorf("restore: %d", a.Status)
	}
	var acts []string
	s.must(s.app.DB().NewQuery("SELECT act FROM audit WHERE seq > 0 AND act LIKE 'escalation_rules.%' ORDER BY seq").Column(&acts))
	if got := strings.ReplaceAll(strings.Join(acts, " "), "escalation_rules.", ""); got != strings.Repeat("created ", 2)+"disabled deleted restored" {
		t.Errorf("the trail tells of %s", got)
	}
}

func TestAFormComesBackWithWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := open(t)
	b := desktest.SignIn(t, desktest.Serve(t, s.app), "boss@example.com", password)
	for want, form := range map[string]url.Values{
		"请给规则起个名字":  filled("name", " "),
		"请填写关键词":    filled("words", ""),
		"至少设一个条件":   {"name": {"x"}, "do": {"priority"}, "priority": {"high"}},
		"至少设一个动作":   {"name": {"x"}, "use": {"words"}, "words": {"x"}},
		"金额在 1 到":   filled("use", "amount", "amount", "很多"),
		"请填好它，或者取消": filled("do", "group"),
		"请选几分以下":    filled("use", "rating"),
		"次数在 2 到":   filled("use", "again", "again", "1"),
	} {
		if a := b.Post(at, form); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Text, want) {
			t.Errorf("%s: %d", want, a.Status)
		}
	}
	if len(s.all()) != 0 {
		t.Error("one was saved")
	}
}

func TestWhoSavesLaterIsToldWhatHasChanged(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.rule(escalation.Draft{When: words("退款"), Then: escalation.Then{Priority: "high"}})
	b := desktest.SignIn(t, desktest.Serve(t, s.app), "boss@example.com", password)
	path := at + "/" + r.Id
	version := b.Get(path).Version()
	s.must(escalation.Edit(s.app, s.boss, r.Id, escalation.Draft{Name: "别人改的", When: words("退款"), Then: escalation.Then{Priority: "urgent"}}))
	a := b.Post(path, filled("version", version))
	if a.Status != http.StatusConflict || !strings.Contains(a.Text, "别人改的") || !strings.Contains(a.Text, "优先级紧急") {
		t.Fatalf("%d", a.Status)
	}
	if a = b.Post(path, filled("version", b.Get(path).Version())); a.Status != http.StatusSeeOther || s.all()[0].Name() != "退款" {
		t.Errorf("with the present version: %d", a.Status)
	}
}

func TestABrokenRuleShowsItself(t *testing.T) {
	t.Parallel()
	s := open(t)
	tag, err := customers.AddTag(s.app, "急", "amber", 1)
	s.must(err)
	r := s.rule(escalation.Draft{When: words("退款"), Then: escalation.Then{Group: s.complaint, Staff: s.solve.ID, Tags: []string{tag.Id}, Priority: "high"}})
	b := desktest.SignIn(t, desktest.Serve(t, s.app), "boss@example.com", password)
	if page := b.Get(at); strings.Contains(page.Text, "es-broken") {
		t.Error("it is broken already")
	}
	_, err = customers.DeleteTag(s.app, tag.Id)
	s.must(err, access.DeleteGroup(s.app, nil, s.complaint, ""), access.Disable(s.app, nil, s.solve.ID))
	for _, path := range []string{at, at + "/" + r.Id} {
		page := b.Get(path)
		for _, want := range []string{"客服组已删除", "指定的人已不能接待", "标签已删除"} {
			if !strings.Contains(page.Text, want) {
				t.Errorf("%s does not say %s", path, want)
			}
		}
	}
	// Saved as it stands, it names the same: nothing is lost by looking.
	a := b.Post(at+"/"+r.Id, url.Values{
		"version": {b.Get(at + "/" + r.Id).Version()}, "name": {"规则"}, "enabled": {"on"}, "use": {"words"}, "words": {"退款"},
		"do": {"priority", "group", "staff", "tags"}, "priority": {"high"}, "group": {s.complaint}, "staff": {s.solve.ID}, "tags": {tag.Id},
	})
	if a.Status != http.StatusSeeOther || s.all()[0].Then().Group != s.complaint {
		t.Errorf("saved as it stands: %d", a.Status)
	}
}

func TestADryRunShowsWordsOnlyToWhoSeesAll(t *testing.T) {
	t.Parallel()
	s := open(t)
	role, err := access.AddRole(s.app, nil, "只管规则", []access.Permission{access.EscalationEdit})
	s.must(err)
	s.hire("rules", role.Id, s.complaint)
	c := s.says(s.comes(), "退款！我的电话 13812346027")
	server := desktest.Serve(t, s.app)
	for who, sees := range map[string]bool{"boss": true, "rules": false} {
		b := desktest.SignIn(t, server, who+"@example.com", password)
		a := b.Post(at+"/try", filled())
		if a.Status != http.StatusOK || !strings.Contains(a.Text, "次会触发") || !strings.Contains(a.Text, `value="退款"`) {
			t.Fatalf("%s: %d", who, a.Status)
		}
		if strings.Contains(a.Text, "我的电话") != sees || strings.Contains(a.Text, "/desk#"+c.ID) != sees || strings.Contains(a.Text, "13812346027") {
			t.Errorf("%s sees the words: %v", who, !sees)
		}
		if len(s.all()) != 0 {
			t.Error("it was saved")
		}
		if a := b.Post(at+"/try", filled("words", "")); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Text, "请填写关键词") {
			t.Errorf("without words: %d", a.Status)
		}
	}
}

// Whatever people write is text to those who look at it.
func TestHostileWordsAreShownAsText(t *testing.T) {
	t.Parallel()
	s := open(t)
	b := desktest.SignIn(t, desktest.Serve(t, s.app), "boss@example.com", password)
	const bad = `"><img src=x onerror=alert(1)>`
	s.says(s.comes(), "退款"+bad)
	r := s.rule(escalation.Draft{Name: bad, When: words("退款", "x"+bad), Then: escalation.Then{Note: bad}})
	for _, a := range []desktest.Answer{b.Get(at), b.Get(at + "/" + r.Id), b.Post(at+"/try", filled("name", bad))} {
		if a.Status != http.StatusOK || strings.Contains(a.Text, "<img src=x") {
			t.Errorf("it is not text: %d", a.Status)
		}
	}
}
