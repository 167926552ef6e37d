package customers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// How much a shop may want to know.
const (
	mostFields       = 30
	mostOptions      = 50
	longestFieldName = 30
	longestOption    = 60
	longestCustom    = 200
)

// FieldDraft is what a field is to be. Of one that is there, the kind stays.
type FieldDraft struct {
	Name     string
	Kind     FieldKind
	Options  []string
	Personal bool
}

// AddField adds a field behind the others.
func AddField(app core.App, d FieldDraft) (*Field, error) {
	var f *Field
	err := app.RunInTransaction(func(app core.App) error {
		all, err := AllFields(app)
		if err != nil {
			return err
		}
		if f, err = newField(app, d, behind(all)); err != nil {
			return err
		}
		return app.Save(f)
	})
	if err != nil {
		return nil, fmt.Errorf("add field %q: %w", d.Name, err)
	}
	return f, nil
}

// EditField changes a field. What customers have in it stays, also where it is
// no option any more.
func EditField(app core.App, id string, d FieldDraft) (*Field, error) {
	return changeField(app, id, FieldByID, func(f *Field) error {
		f.write(d)
		return nil
	})
}

// DeleteField takes a field away. For [Undo] it can be restored with all that
// customers had in it; then it is forgotten.
func DeleteField(app core.App, id string) (*Field, error) {
	return changeField(app, id, FieldByID, func(f *Field) error {
		f.leave()
		return nil
	})
}

// RestoreField takes a deletion back, unless there is another field of that name
// by now.
func RestoreField(app core.App, id string) (*Field, error) {
	return changeField(app, id, AnyField, func(f *Field) error {
		if !f.Gone().IsZero() && time.Since(f.Gone()) > Undo {
			return fail.New(fail.TooLate, "customers.field_gone")
		}
		f.comeBack()
		return nil
	})
}

// ArrangeFields puts the fields into the order of ids.
func ArrangeFields(app core.App, ids []string) error {
	return app.RunInTransaction(func(app core.App) error {
		all, err := AllFields(app)
		if err != nil {
			return err
		}
		return arrange(app, all, ids)
	})
}

func changeField(app core.App, id string, find func(core.App, string) (*Field, error), change func(*Field) error) (*Field, error) {
	var f *Field
	err := app.RunInTransaction(func(app core.App) (err error) {
		if f, err = find(app, id); err != nil {
			return err
		}
		if err = change(f); err != nil {
			return err
		}
		return app.Save(f)
	})
	if err != nil {
		return nil, fmt.Errorf("change field: %w", err)
	}
	return f, nil
}

// checkField refuses a field that nobody could fill in.
func checkField(e *core.RecordEvent) error {
	f := wrapField(e.Record)
	if f.Name() == "" {
		return fail.New(fail.Invalid, "customers.field_incomplete").On("name")
	}
	if utf8.RuneCountInString(f.Name()) > longestFieldName {
		return fail.New(fail.Invalid, "fail.too_long", "Most", longestFieldName).On("name")
	}
	if !slices.Contains(FieldKinds, f.Kind()) {
		return fail.New(fail.Invalid, "customers.field_kind").On("kind")
	}
	if err := checkOptions(f); err != nil {
		return err
	}
	if !f.Gone().IsZero() {
		return e.Next()
	}
	all, err := AllFields(e.App)
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.Id != f.Id && other.Name() == f.Name() {
			return fail.New(fail.Conflict, "customers.field_taken", "Name", f.Name()).On("name")
		}
	}
	if there := slices.ContainsFunc(all, func(other *Field) bool { return other.Id == f.Id }); !there && len(all) >= mostFields {
		return fail.New(fail.Conflict, "customers.fields_full", "Most", mostFields).On("name")
	}
	return e.Next()
}

func checkOptions(f *Field) error {
	options := f.Options()
	if f.Kind() == ChoiceField && len(options) < 2 {
		return fail.New(fail.Invalid, "customers.field_options").On("options")
	}
	if len(options) > mostOptions {
		return fail.New(fail.Invalid, "customers.field_options_full", "Most", mostOptions).On("options")
	}
	for _, o := range options {
		if utf8.RuneCountInString(o) > longestOption {
			return fail.New(fail.Invalid, "fail.too_long", "Most", longestOption).On("options")
		}
	}
	return nil
}

// checkCustom refuses what does not fit into the shop's own fields. What a
// customer has in them already stays: that is no reason to refuse another name.
func checkCustom(app core.App, c *Customer) error {
	before := map[string]string{}
	if !c.IsNew() {
		before = wrapCustomer(c.Original()).Custom()
	}
	for id, value := range c.Custom() {
		if value == before[id] {
			continue
		}
		f, err := AnyField(app, id) // one that was deleted a moment ago is no reason to refuse either
		if err != nil {
			return fail.New(fail.NotFound, "customers.field_gone").On(customKey + id).Because(err)
		}
		if err := f.takes(value); err != nil {
			return err
		}
	}
	return nil
}

// takes refuses a value that the field cannot hold, and a masked one, so that a
// screen that sends back what it was shown cannot destroy the real one.
func (f *Field) takes(value string) error {
	wrong := func(key string, args ...any) error {
		return fail.New(fail.Invalid, key, append(args, "Name", f.Name())...).On(customKey + f.Id)
	}
	switch f.Kind() {
	case NumberField:
		if _, err := strconv.ParseFloat(value, 64); err != nil || len(value) > 30 || strings.ContainsAny(value, "xXnNiIpP_") {
			return wrong("customers.field_number")
		}
	case DateField:
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			return wrong("customers.field_date")
		}
	case ChoiceField:
		if !slices.Contains(f.Options(), value) {
			return wrong("customers.field_choice")
		}
	default:
		if strings.Contains(value, "****") {
			return wrong("customers.field_masked")
		}
		if utf8.RuneCountInString(value) > longestCustom {
			return wrong("fail.too_long", "Most", longestCustom)
		}
	}
	return nil
}

const (
	emptied = "UPDATE customers SET custom = json_remove(custom, {:path}) WHERE id IN (SELECT id FROM customers " +
		"WHERE custom IS NOT NULL AND json_valid(custom) AND json_extract(custom, {:path}) IS NOT NULL LIMIT {:most})"
	emptiedAtOnce = 200
)

// sweepFields forgets the fields that were deleted too long ago to be restored,
// with all that customers had in them, some customers at a time.
func sweepFields(app core.App, now time.Time) error {
	gone, err := fieldsGone(app, now.Add(-Undo))
	if err != nil {
		return err
	}
	for _, f := range gone {
		for n := int64(emptiedAtOnce); n == emptiedAtOnce; {
			done, err := app.NonconcurrentDB().NewQuery(emptied).Bind(dbx.Params{"path": `$."` + f.Id + `"`, "most": emptiedAtOnce}).Execute()
			if err != nil {
				return fmt.Errorf("empty field %s: %w", f.Id, err)
			}
			if n, err = done.RowsAffected(); err != nil {
				return err
			}
		}
		if err := app.Delete(f); err != nil {
			return fmt.Errorf("forget field %s: %w", f.Id, err)
		}
	}
	return nil
}
