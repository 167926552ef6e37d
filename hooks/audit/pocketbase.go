package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pocketbase/pocketbase/core"
)

// paramsTable is where PocketBase keeps its own settings, which are no records.
const paramsTable = "_params"

// watchPocketBase tells what somebody changes of PocketBase's settings. What the
// program sets there itself, its migrations, is no act.
func watchPocketBase(e *core.ModelEvent) error {
	settings, ok := e.Model.(*core.Settings)
	by := ActorOf(e.Context)
	if !ok || by.Kind == System {
		return e.Next()
	}
	outer := e.App
	err := outer.RunInTransaction(func(app core.App) error {
		e.App = app
		before, err := paramsNow(app)
		if err != nil {
			return err
		}
		if err = e.Next(); err != nil {
			return err
		}
		changes, err := paramsChanged(app, before, settings)
		if err != nil || len(changes) == 0 {
			return err
		}
		return Add(app, Entry{Act: "pocketbase.updated", Object: Object{Kind: "pocketbase"}, Changes: changes, Actor: &by})
	})
	e.App = outer
	return err
}

func paramsNow(app core.App) ([]byte, error) {
	var raw []byte
	if err := app.DB().NewQuery("SELECT value FROM _params WHERE id = 'settings'").Row(&raw); err != nil {
		return nil, fmt.Errorf("PocketBase's settings: %w", err)
	}
	return raw, nil
}

// paramsChanged compares group by group: "smtp.host".
func paramsChanged(app core.App, before []byte, now *core.Settings) ([]Change, error) {
	exported, err := now.DBExport(app)
	if err != nil {
		return nil, err
	}
	after, _ := exported["value"].([]byte)
	var b, a map[string]any
	if !json.Valid(before) || !json.Valid(after) { // encrypted
		return []Change{{Field: paramsTable, As: Secret}}, nil
	}
	if err := errors.Join(json.Unmarshal(before, &b), json.Unmarshal(after, &a)); err != nil {
		return nil, err
	}
	var list []Change
	for _, group := range slices.Sorted(maps.Keys(a)) {
		if _, isGroup := a[group].(map[string]any); !isGroup {
			list = append(list, members(map[string]any{group: b[group]}, map[string]any{group: a[group]})...)
			continue
		}
		for _, c := range members(b[group], a[group]) {
			c.Field = group + "." + c.Field
			list = append(list, c)
		}
	}
	return list, nil
}
