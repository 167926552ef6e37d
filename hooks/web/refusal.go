package web

import (
	"errors"
	"maps"
	"net/http"
	"slices"

	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// Refusal puts what was wrong with a form into it, to come back with what was
// typed: beside the fields where it is about fields of the form, else above all
// of them. An error that is no refusal is returned: nothing that the person could
// type would change it.
func Refusal(e *core.RequestEvent, err error, form *ui.Form, fields ...string) error {
	f, _ := classify(err)
	switch f.Kind {
	case fail.Invalid, fail.TooLong, fail.Conflict, fail.TooLarge, fail.Unsupported, fail.TooLate, fail.FileGone, fail.Taken:
	default:
		return err
	}
	if form.Errors == nil {
		form.Errors = map[string]string{}
	}
	say := locale.In(Language(e))
	if several, ok := errors.AsType[validation.Errors](err); ok {
		for _, name := range slices.Sorted(maps.Keys(several)) {
			form.Errors[name] = say.T("fail.invalid")
		}
	} else {
		form.Errors[f.Field] = f.Text(say.Language)
	}
	form.Failed = say.T("web.look_at_fields")
	for name, text := range form.Errors {
		if !slices.Contains(fields, name) {
			form.Failed = text
		}
	}
	return nil
}

// Meanwhile is what a form that [Unchanged] has refused comes back with: what
// the thing is now, and where it is not what the person has typed.
func Meanwhile(e *core.RequestEvent, shown any, reload string, differences ...ui.Difference) *ui.Conflict {
	say := locale.In(Language(e))
	return &ui.Conflict{
		Version: Version(shown), Notice: say.T("web.changed_meanwhile"), Over: say.T("web.save_over"), Theirs: say.T("web.take_theirs"), Reload: reload,
		Differences: slices.DeleteFunc(differences, func(d ui.Difference) bool { return d.Theirs == d.Yours }),
	}
}

// Returned fills in a form that was refused, to come back with what was typed, and
// says with which status it goes back: 200 where nothing was refused. What was
// changed by somebody else meanwhile is shown as conflict says; nil for a form of
// something new, which nobody can have changed. Errors: as of [Refusal].
func Returned(e *core.RequestEvent, form *ui.Form, refused error, fields []string, conflict func() *ui.Conflict) (status int, err error) {
	if refused == nil {
		return http.StatusOK, nil
	}
	if conflict == nil {
		return http.StatusUnprocessableEntity, Refusal(e, refused, form, fields...)
	}
	form.Version = e.Request.PostFormValue(fieldVersion) // of what the person saw
	if IsConflict(refused) {
		form.Conflict = conflict()
		return http.StatusConflict, nil
	}
	return http.StatusUnprocessableEntity, Refusal(e, refused, form, fields...)
}
