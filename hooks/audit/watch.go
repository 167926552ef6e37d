package audit

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// Fields says how a collection's changes are told. What it does not name is
// told in the clear; passwords and when a record was made or changed need no
// mention.
type Fields struct {
	ID       string   // the field that the object is known by; "": its id
	Name     string   // the field that names the object; "" where its name is personal
	On       string   // a link to what is acted on in truth: a note is an act on its customer
	Personal []string // told as keyed digests
	Secret   []string // told as changed, no more
	Ignore   []string // not told
	Open     string   // a field with a JSON object whose members are told like fields
	Members  string   // such a field whose members are personal, each told as "<field>.<member>"
	// Links are text fields that hold an id, with its collection. Relations are known.
	Links map[string]string
	// Turns are flags, and times, whose turning is the act: its name when it turns
	// true, and false. One called "deleted" is a record in the bin, which may come
	// back; taking it out of there for good is "removed".
	Turns map[string][2]string
	// Tell may refine an entry by what it is about, or keep it out. Verbs are the
	// acts that it makes.
	Tell  func(e *Entry, before, after *core.Record) bool
	Verbs []string
	// By are those whose doing is told, everybody's if nil: what visitors and the
	// program itself do to contacts is traffic and no act.
	By []ActorKind
}

// Watched is a collection whose changes are told.
type Watched struct {
	Collection string
	Fields
}

// Watch makes every creation, change and deletion of a collection's records an
// entry in the same transaction, whoever writes and however. A save that changes
// nothing makes none.
func Watch(app core.App, collection string, fields Fields) {
	w := Watched{collection, fields}
	app.Store().Set(watchedKey+collection, w)
	app.OnRecordCreate(collection).BindFunc(w.onCreate)
	app.OnRecordUpdate(collection).BindFunc(w.onUpdate)
	app.OnRecordDelete(collection).BindFunc(w.onDelete)
}

const (
	watchedKey = "audit.watched."
	deleted    = "deleted"
)

// All lists what is watched, by collection.
func All(app core.App) []Watched {
	var list []Watched
	for key, value := range app.Store().GetAll() {
		if w, ok := value.(Watched); ok && strings.HasPrefix(key, watchedKey) {
			list = append(list, w)
		}
	}
	slices.SortFunc(list, func(a, b Watched) int { return strings.Compare(a.Collection, b.Collection) })
	return list
}

// Kind is what the collection's records are called as objects.
func (w Watched) Kind() string { return strings.TrimPrefix(w.Collection, "_") }

// Acts are all that can happen to its records.
func (w Watched) Acts() []string {
	verbs := []string{"created", "updated", deleted}
	for _, flag := range slices.Sorted(maps.Keys(w.Turns)) {
		names := w.Turns[flag]
		verbs = append(verbs, names[0], names[1])
	}
	if w.binned() != "" {
		verbs = append(verbs, "removed")
	}
	verbs = append(verbs, w.Verbs...)
	slices.Sort(verbs)
	verbs = slices.Compact(verbs)
	for i, verb := range verbs {
		verbs[i] = w.Kind() + "." + verb
	}
	return verbs
}

// Within does the rest of an event in a transaction, starting one where there is
// none.
func Within(e *core.RecordEvent, do func() error) error {
	if e.App.IsTransactional() {
		return do()
	}
	outer := e.App
	err := outer.RunInTransaction(func(app core.App) error {
		e.App = app
		return do()
	})
	e.App = outer
	return err
}

func (w Watched) onCreate(e *core.RecordEvent) error {
	if !ActorOf(e.Context).Kind.in(w.By) {
		return e.Next()
	}
	return Within(e, func() error {
		if err := e.Next(); err != nil {
			return err
		}
		return w.tell(e, "created", nil, e.Record)
	})
}

// onUpdate compares with the row as it is: what the record remembers of it may
// be older, or was never read.
func (w Watched) onUpdate(e *core.RecordEvent) error {
	if !ActorOf(e.Context).Kind.in(w.By) {
		return e.Next()
	}
	return Within(e, func() error {
		before, err := e.App.FindRecordById(w.Collection, e.Record.Id)
		if err != nil {
			return err
		}
		if err := e.Next(); err != nil {
			return err
		}
		return w.tell(e, "updated", before, e.Record)
	})
}

func (w Watched) onDelete(e *core.RecordEvent) error {
	if !ActorOf(e.Context).Kind.in(w.By) {
		return e.Next()
	}
	return Within(e, func() error {
		before, err := e.App.FindRecordById(w.Collection, e.Record.Id)
		if err != nil {
			return err
		}
		if err := e.Next(); err != nil {
			return err
		}
		return w.tell(e, deleted, before, nil)
	})
}

// tell writes the entry of what has happened.
func (w Watched) tell(e *core.RecordEvent, verb string, before, after *core.Record) error {
	changes, err := w.changes(e.App, before, after)
	if err != nil || len(changes) == 0 && verb == "updated" {
		return err
	}
	switch {
	case verb == "updated":
		verb = w.turn(changes)
	case verb == deleted && !empty(textOf(before, w.binned())):
		verb = "removed"
	}
	by := ActorOf(e.Context)
	entry := Entry{Act: w.Kind() + "." + verb, Object: w.object(e.App, cmp.Or(after, before)), Changes: changes, Actor: &by}
	if w.Tell != nil && !w.Tell(&entry, before, after) {
		return nil
	}
	return Add(e.App, entry)
}

// object is what an act on r is an act on.
func (w Watched) object(app core.App, r *core.Record) Object {
	on := textOf(r, w.On)
	if on == "" {
		return Object{Kind: w.Kind(), ID: cmp.Or(textOf(r, w.ID), r.Id), Name: textOf(r, w.Name)}
	}
	to := w.linked(app, r.Collection().Fields.GetByName(w.On))
	other := namesOf(app, to, nameField(app, to), []string{on})[0]
	return Object{Kind: Watched{Collection: to}.Kind(), ID: on, Name: other.Name}
}

// binned is the field that says that a record is in the bin, "" without one.
func (w Watched) binned() string {
	for flag, names := range w.Turns {
		if names[0] == deleted {
			return flag
		}
	}
	return ""
}

// turn is what a change is called.
func (w Watched) turn(changes []Change) string {
	for _, c := range changes {
		if names, ok := w.Turns[c.Field]; ok {
			if !empty(c.After) {
				return names[0]
			}
			return names[1]
		}
	}
	return "updated"
}

// changes lists what differs between two states of a record, either of which
// may be missing.
func (w Watched) changes(app core.App, before, after *core.Record) ([]Change, error) {
	var list []Change
	for _, f := range cmp.Or(after, before).Collection().Fields {
		if !w.tells(f) {
			continue
		}
		name, b, a := f.GetName(), valueOf(before, f), valueOf(after, f)
		if name == w.Open {
			list = append(list, members(b, a)...)
			continue
		}
		if name == w.Members {
			personal, err := personalMembers(app, name, b, a)
			if err != nil {
				return nil, err
			}
			list = append(list, personal...)
			continue
		}
		if same(b, a) {
			continue
		}
		change, err := w.change(app, f, b, a)
		if err != nil {
			return nil, err
		}
		list = append(list, change)
	}
	return list, nil
}

// tells reports whether a field's changes are told. A new password brings a new
// token key along.
func (w Watched) tells(f core.Field) bool {
	if _, auto := f.(*core.AutodateField); auto {
		return false
	}
	name := f.GetName()
	return name != core.FieldNameId && name != core.FieldNameTokenKey && !slices.Contains(w.Ignore, name)
}

func (w Watched) change(app core.App, f core.Field, before, after any) (Change, error) {
	name := f.GetName()
	if _, password := f.(*core.PasswordField); password || slices.Contains(w.Secret, name) {
		return Change{Field: name, As: Secret}, nil
	}
	if slices.Contains(w.Personal, name) {
		return Personal(app, name, before, after)
	}
	if to := w.linked(app, f); to != "" {
		field := nameField(app, to)
		return Change{Field: name, Before: named(app, to, field, before), After: named(app, to, field, after)}, nil
	}
	return Change{Field: name, Before: short(before), After: short(after)}, nil
}

// linked is the collection that a field's ids are of, "" for other fields.
func (w Watched) linked(app core.App, f core.Field) string {
	relation, ok := f.(*core.RelationField)
	if !ok {
		return w.Links[f.GetName()]
	}
	to, err := app.FindCachedCollectionByNameOrId(relation.CollectionId)
	if err != nil {
		return ""
	}
	return to.Name
}

// nameField is the field that names a collection's records, "" where their names
// are personal.
func nameField(app core.App, collection string) string {
	other, _ := app.Store().Get(watchedKey + collection).(Watched)
	return other.Name
}

func named(app core.App, collection, field string, value any) any {
	ids, ok := value.([]string)
	if id, one := value.(string); one && id != "" {
		ids, ok = []string{id}, true
	}
	if !ok || len(ids) == 0 {
		return nil
	}
	return namesOf(app, collection, field, ids)
}

// Personal is a change of a personal value.
func Personal(app core.App, field string, before, after any) (Change, error) {
	c, err := chainOf(app)
	if err != nil {
		return Change{}, err
	}
	digest := func(value any) any {
		if empty(value) {
			return nil
		}
		text, isText := value.(string)
		if !isText {
			text = fmt.Sprint(value)
		}
		return c.digest(text)
	}
	return Change{Field: field, Before: digest(before), After: digest(after), As: Digest}, nil
}

var secretWords = regexp.MustCompile(`(?i)secret|password|token|hash|private|credential|(api|access)_?key`)

// union is the names of the members that either of two JSON objects has.
func union(b, a map[string]any) []string {
	names := map[string]bool{}
	for name := range b {
		names[name] = true
	}
	for name := range a {
		names[name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// personalMembers are the changes of a JSON object of personal values.
func personalMembers(app core.App, field string, before, after any) (list []Change, err error) {
	b, _ := before.(map[string]any)
	a, _ := after.(map[string]any)
	for _, name := range union(b, a) {
		if same(b[name], a[name]) {
			continue
		}
		change, err := Personal(app, field+"."+name, b[name], a[name])
		if err != nil {
			return nil, err
		}
		list = append(list, change)
	}
	return list, nil
}

// members are the changes of a JSON object, member by member.
func members(before, after any) []Change {
	b, _ := before.(map[string]any)
	a, _ := after.(map[string]any)
	var list []Change
	for _, name := range union(b, a) {
		switch {
		case same(b[name], a[name]):
		case secretWords.MatchString(name):
			list = append(list, Change{Field: name, As: Secret})
		default:
			list = append(list, Change{Field: name, Before: short(b[name]), After: short(a[name])})
		}
	}
	return list
}

func same(before, after any) bool {
	return empty(before) && empty(after) || reflect.DeepEqual(before, after)
}

// empty is what a field holds that holds nothing.
func empty(value any) bool {
	if value == nil {
		return true
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	default:
		return v.IsZero()
	}
}

// short cuts a value to what is worth keeping.
func short(value any) any {
	if value == nil || value == "" {
		return nil
	}
	if text, ok := value.(string); ok {
		return cut(text, mostText)
	}
	raw, err := json.Marshal(value)
	if err != nil || len(raw) > mostValue {
		return cut(string(raw), mostText)
	}
	return value
}
