package escalation

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// All lists the rules in the order in which they are looked at.
func All(app core.App) ([]*Rule, error) {
	var list []*Rule
	if err := app.RecordQuery(Collection).AndWhere(dbx.NewExp("deleted = ''")).OrderBy("sort", "created", "id").All(&list); err != nil {
		return nil, fmt.Errorf("escalation rules: %w", err)
	}
	return list, nil
}

// ByID returns one rule that is there.
func ByID(app core.App, id string) (*Rule, error) { return find(app, id, dbx.NewExp("deleted = ''")) }

func find(app core.App, id string, where dbx.Expression) (*Rule, error) {
	r := &Rule{}
	if err := app.RecordQuery(Collection).AndWhere(dbx.HashExp{"id": id}).AndWhere(where).Limit(1).One(r); err != nil {
		return nil, fmt.Errorf("escalation rule %q: %w", id, err)
	}
	return r, nil
}

// deletedBefore lists the rules that were deleted before then.
func deletedBefore(app core.App, then time.Time) ([]*Rule, error) {
	before, err := types.ParseDateTime(then)
	if err != nil {
		return nil, err
	}
	var list []*Rule
	err = app.RecordQuery(Collection).AndWhere(dbx.NewExp("deleted != '' AND deleted < {:before}", dbx.Params{"before": before.String()})).All(&list)
	if err != nil {
		return nil, fmt.Errorf("deleted escalation rules: %w", err)
	}
	return list, nil
}

// presetsKnown are the keys of the presets that are or were there.
func presetsKnown(app core.App) (keys []string, err error) {
	if err := app.DB().Select("preset").From(Collection).Where(dbx.NewExp("preset != ''")).Column(&keys); err != nil {
		return nil, fmt.Errorf("presets of escalation rules: %w", err)
	}
	return keys, nil
}

// version is another one after every change of a rule.
func version(app core.App) (text string, err error) {
	if err := app.ConcurrentDB().NewQuery("SELECT COUNT(*) || ' ' || COALESCE(MAX(updated), '') FROM escalation_rules").Row(&text); err != nil {
		return "", fmt.Errorf("version of the escalation rules: %w", err)
	}
	return text, nil
}
