package escalation

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/escalation"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// Parts of a rule as its form has them: each can be put in and taken out.
const (
	useWords    = "words"
	useAmount   = "amount"
	useRating   = "rating"
	useEmotion  = "emotion"
	useAgain    = "again"
	useBreach   = "breach"
	useLevels   = "levels"
	useChannels = "channels"
	useGroups   = "groups"

	doPriority = "priority"
	doTags     = "tags"
	doGroup    = "group"
	doStaff    = "staff"
	doNote     = "note"
	doNotify   = "notify"
)

var (
	uses = []string{useWords, useEmotion, useRating, useAmount, useAgain, useBreach, useLevels, useChannels, useGroups}
	does = []string{doPriority, doGroup, doStaff, doTags, doNote, doNotify}

	// fields are where something may be wrong.
	fields = slices.Concat([]string{"name", "when", "then", "except"}, uses, does)
)

// typed is a rule as its form was filled in.
type typed struct {
	Draft
	Use, Do       []string
	Amount, Again string
	Most          string // points of a rating
	Unsolved      bool
}

// shown is a rule as its form shows it.
func (d Draft) shown() typed {
	t := typed{Draft: d, Amount: figure(d.When.Amount), Again: figure(d.When.Again)}
	if r := d.When.Rating; r != nil {
		t.Most, t.Unsolved = figure(r.Most), r.Unsolved
	}
	w, a := d.When, d.Then
	t.Use = chosen(uses, w.Words != nil, w.Emotion != "", w.Rating != nil, w.Amount != 0, w.Again != 0, len(w.Breach) > 0, len(w.Levels) > 0, len(w.Channels) > 0, len(w.Groups) > 0)
	t.Do = chosen(does, a.Priority != "", a.Group != "", a.Staff != "", len(a.Tags) > 0, a.Note != "", a.notifies())
	return t
}

// chosen are those of the keys that are.
func chosen(keys []string, is ...bool) (list []string) {
	for i, key := range keys {
		if is[i] {
			list = append(list, key)
		}
	}
	return list
}

func figure(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// sent reads the form: of each part that is in use what stands in it. A part in
// use with nothing in it is wrong.
func sent(e *core.RequestEvent) (typed, error) {
	if err := e.Request.ParseForm(); err != nil {
		return typed{}, err
	}
	f := e.Request.PostForm
	t := typed{Use: f["use"], Do: f["do"], Amount: f.Get("amount"), Again: f.Get("again"), Most: f.Get("most"), Unsolved: f.Get("unsolved") == "on"}
	t.Name, t.Enabled = f.Get("name"), f.Get("enabled") == "on"
	t.When.Words = &Words{Any: lines(f.Get("words")), Except: lines(f.Get("except"))}
	t.When.Rating = &Rating{Most: atoi(t.Most), Unsolved: t.Unsolved}
	t.When.Amount, t.When.Again, t.When.Emotion = atoi(t.Amount), atoi(t.Again), conversations.Emotion(f.Get("emotion"))
	t.When.Breach, t.When.Levels, t.When.Channels, t.When.Groups = f["breach"], lines(f.Get("levels")), f["channels"], f["groups"]
	t.Then = Then{
		Priority: f.Get("priority"), Tags: f["tags"], Group: f.Get("group"), Staff: f.Get("staff"), Note: f.Get("note"),
		Assignee: f.Get("assignee") == "on", Supervisors: f.Get("supervisors") == "on", Robots: f.Get("robots") == "on",
	}
	t.Draft = t.Draft.tidy()
	return t, nil
}

// draft is what of the form is in use; what is wrong with it as a form is said
// first, the rest is for the rules.
func (t typed) draft() (Draft, error) {
	d := t.Draft
	if part := t.emptyPart(); part != "" {
		return d, wrong("escalation.part_empty", part)
	}
	w, a := &d.When, &d.Then
	for key, drop := range map[string]func(){
		useWords: func() { w.Words = nil }, useAmount: func() { w.Amount = 0 }, useRating: func() { w.Rating = nil }, useEmotion: func() { w.Emotion = "" },
		useAgain: func() { w.Again = 0 }, useBreach: func() { w.Breach = nil }, useLevels: func() { w.Levels = nil }, useChannels: func() { w.Channels = nil }, useGroups: func() { w.Groups = nil },
	} {
		if !slices.Contains(t.Use, key) {
			drop()
		}
	}
	for key, drop := range map[string]func(){
		doPriority: func() { a.Priority = "" }, doTags: func() { a.Tags = nil }, doGroup: func() { a.Group = "" }, doStaff: func() { a.Staff = "" }, doNote: func() { a.Note = "" },
		doNotify: func() { a.Assignee, a.Supervisors, a.Robots = false, false, false },
	} {
		if !slices.Contains(t.Do, key) {
			drop()
		}
	}
	return d, nil
}

// emptyPart is a part that is in use and says nothing; "" where there is none.
// Words and ratings say by themselves what is missing.
func (t typed) emptyPart() string {
	w, a := t.When, t.Then
	filled := map[string]bool{
		useAmount: w.Amount != 0, useEmotion: w.Emotion != "", useAgain: w.Again != 0, useBreach: len(w.Breach) > 0, useLevels: len(w.Levels) > 0,
		useChannels: len(w.Channels) > 0, useGroups: len(w.Groups) > 0,
		doPriority: a.Priority != "", doTags: len(a.Tags) > 0, doGroup: a.Group != "", doStaff: a.Staff != "", doNote: a.Note != "", doNotify: a.notifies(),
	}
	for _, part := range slices.Concat(t.Use, t.Do) {
		if is, known := filled[part]; known && !is {
			return part
		}
	}
	return ""
}

// atoi is a number as it was typed; what is none is out of every bound.
func atoi(s string) int {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(fold(s))
	if err != nil || n == 0 {
		return -1
	}
	return n
}

// lines are the words of a field, one a line or with commas between them.
func lines(text string) []string {
	return tidied(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("\r\n,，、;；", r) }))
}

// showForm answers with the form, as it is kept or as it was sent and refused; r is
// nil for a new rule.
func showForm(e *core.RequestEvent, r *Rule, t typed, refused error) error {
	m, err := formOf(e, r, t)
	if err != nil {
		return err
	}
	var meanwhile func() *ui.Conflict
	if r != nil {
		meanwhile = func() *ui.Conflict { return web.Meanwhile(e, r.draft(), at+"/"+r.Id, m.differences(r.draft(), t)...) }
	}
	status, err := web.Returned(e, &m.Form, refused, fields, meanwhile)
	if err != nil {
		return err
	}
	return web.ShowStatus(e, status, escalation.EditPage(m.Edit), escalation.EditForm(m.Edit))
}

// form is the page of a rule, and the words of it.
type form struct {
	escalation.Edit
	in inWords
}

func (f form) differences(theirs Draft, yours typed) []ui.Difference {
	own, _ := yours.draft() // what is wrong with it is said elsewhere
	list := func(parts []string) string { return strings.Join(parts, f.in.t("and")) }
	return []ui.Difference{
		{Label: f.in.t("name"), Theirs: theirs.Name, Yours: own.Name},
		{Label: f.in.t("enabled"), Theirs: f.in.t("is_" + strconv.FormatBool(theirs.Enabled)), Yours: f.in.t("is_" + strconv.FormatBool(own.Enabled))},
		{Label: f.in.t("when"), Theirs: list(f.in.when(theirs.When)), Yours: list(f.in.when(own.When))},
		{Label: f.in.t("then"), Theirs: list(f.in.then(theirs.Then)), Yours: list(f.in.then(own.Then))},
	}
}

func formOf(e *core.RequestEvent, r *Rule, t typed) (form, error) {
	say := locale.In(web.Language(e))
	f := form{in: inWords{say: say}, Edit: escalation.Edit{Form: ui.Form{Action: at}}}
	title := say.T("escalation.new")
	if r != nil {
		title = r.Name()
		f.ID = r.Id
		f.Form.Action, f.Form.Version = at+"/"+r.Id, web.Version(r.draft())
	}
	dir, err := directoryOf(e.App)
	if err != nil {
		return f, err
	}
	f.in.dir = dir
	f.Admin = web.Admin(e, area, title)
	f.fill(t)
	gone := say.T("escalation.not_there")
	f.Groups, f.Staff = with(dir.groups, gone, append(slices.Clone(t.When.Groups), t.Then.Group)...), with(dir.staff, gone, t.Then.Staff)
	f.Tags, f.Channels = with(dir.tags, gone, t.Then.Tags...), with(dir.channels, gone, t.When.Channels...)
	if r != nil {
		for _, kind := range dir.broken(r) {
			f.Broken = append(f.Broken, say.T("escalation.broken_"+kind))
		}
		fired, err := conversations.Escalations(e.App, clock.Now(e.App).AddDate(0, 0, -TrialDays))
		if err != nil {
			return f, err
		}
		f.Fired = fired[r.Id]
	}
	f.Levels = strings.Join(levels(e.App), say.T("escalation.comma"))
	return f, nil
}

// levels are those that the shop knows.
func levels(app core.App) (names []string) {
	l := settings.LevelsOf(app)
	for _, one := range slices.Concat(l.Customers, l.Distributors) {
		if !slices.Contains(names, one.Name) {
			names = append(names, one.Name)
		}
	}
	return names
}

// fill shows what was typed.
func (f *form) fill(t typed) {
	f.Name, f.On, f.Use, f.Do = t.Name, t.Enabled, t.Use, t.Do
	f.Uses, f.Does = uses, does
	if w := t.When.Words; w != nil {
		f.Words, f.Except = strings.Join(w.Any, "\n"), strings.Join(w.Except, "\n")
	}
	f.Amount, f.Again, f.Most, f.Unsolved = t.Amount, t.Again, t.Most, t.Unsolved
	f.Emotion, f.Breach, f.Level = cmp.Or(string(t.When.Emotion), string(conversations.Upset)), t.When.Breach, strings.Join(t.When.Levels, "\n")
	f.BreachKinds, f.Priorities = conversations.DeadlineKinds, conversations.Priorities
	f.InChannels, f.InGroups = t.When.Channels, t.When.Groups
	a := t.Then
	f.Priority, f.TagsOf, f.Group, f.Person, f.Note = a.Priority, a.Tags, a.Group, a.Staff, a.Note
	f.Assignee, f.Supervisors, f.Robots = a.Assignee, a.Supervisors, a.Robots
}

func newPage(e *core.RequestEvent) error {
	return showForm(e, nil, typed{Draft: Draft{Enabled: true}, Use: []string{useWords}, Do: []string{doPriority}}, nil)
}

func editPage(e *core.RequestEvent) error {
	r, err := ByID(e.App, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	return showForm(e, r, r.draft().shown(), nil)
}

func create(e *core.RequestEvent) error {
	t, err := sent(e)
	if err != nil {
		return err
	}
	d, refused := t.draft()
	if refused == nil {
		_, refused = Add(e.App, access.Of(e), d)
	}
	if refused != nil {
		return showForm(e, nil, t, refused)
	}
	return web.Done(e, at, "escalation.added")
}

func update(e *core.RequestEvent) error {
	p, id := access.Of(e), e.Request.PathValue("id")
	t, err := sent(e)
	if err != nil {
		return err
	}
	d, refused := t.draft()
	if refused == nil {
		refused = e.App.RunInTransaction(func(app core.App) error { return saveOver(e, app, p, d) })
	}
	if refused == nil {
		return web.Done(e, at, "escalation.saved")
	}
	r, err := ByID(e.App, id)
	if err != nil {
		return err
	}
	return showForm(e, r, t, refused)
}

// saveOver changes the rule unless somebody else has meanwhile.
func saveOver(e *core.RequestEvent, app core.App, p *access.Person, d Draft) error {
	r, err := ByID(app, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	if err := web.Unchanged(e, r.draft()); err != nil {
		return err
	}
	return Edit(app, p, r.Id, d)
}
