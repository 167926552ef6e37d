package settings

import (
	"encoding/json"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Hold keeps a rule for the value under key, whoever writes it, PocketBase's
// dashboard included. Fields that the row leaves out are the fallback's, as in
// [Load]. What is no such value at all is refused before.
func Hold[T any](app core.App, key string, fallback T, rule func(T) error) {
	app.OnRecordValidate(Collection).BindFunc(func(e *core.RecordEvent) error {
		s := wrap(e.Record)
		if s.key() != key {
			return e.Next()
		}
		value := fallback
		if err := json.Unmarshal(s.value(), &value); err != nil {
			return fail.New(fail.Invalid, "fail.invalid").On("value").Because(err)
		}
		if err := rule(value); err != nil {
			return err
		}
		return e.Next()
	})
}

// Follow has whatever hangs on the value under key follow it, in the commit that
// changes it, whoever writes it. It is told what the value was before and is now.
func Follow[T any](app core.App, key string, fallback T, follow func(app core.App, before, now T) error) {
	changed := func(e *core.RecordEvent) error {
		s, before := wrap(e.Record), fallback
		if s.key() != key {
			return e.Next()
		}
		if !e.Record.IsNew() {
			before = decode(e.App, key, wrap(e.Record.Original()).value(), fallback)
		}
		if err := e.Next(); err != nil {
			return err
		}
		return follow(e.App, before, decode(e.App, key, s.value(), fallback))
	}
	app.OnRecordCreateExecute(Collection).BindFunc(changed)
	app.OnRecordUpdateExecute(Collection).BindFunc(changed)
}
