package customers

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// AllFields lists the shop's own fields in their order.
func AllFields(app core.App) ([]*Field, error) {
	var all []*Field
	if err := app.RecordQuery(Fields).AndWhere(dbx.NewExp("deleted = ''")).OrderBy("sort", "created", "id").All(&all); err != nil {
		return nil, fmt.Errorf("customers' fields: %w", err)
	}
	return all, nil
}

// FieldByID returns a field that is there.
func FieldByID(app core.App, id string) (*Field, error) {
	f, err := AnyField(app, id)
	if err == nil && !f.Gone().IsZero() {
		err = fmt.Errorf("field %q is gone: %w", id, sql.ErrNoRows)
	}
	return f, err
}

// AnyField returns a field that is there, or was until lately.
func AnyField(app core.App, id string) (*Field, error) {
	f := &Field{}
	if err := app.RecordQuery(Fields).AndWhere(dbx.HashExp{"id": id}).Limit(1).One(f); err != nil {
		return nil, fmt.Errorf("field %q: %w", id, err)
	}
	return f, nil
}

// FieldUses is how many customers have something in each field, by its id.
func FieldUses(app core.App) (map[string]int, error) {
	var rows []struct {
		Field string `db:"field"`
		N     int    `db:"n"`
	}
	err := app.ConcurrentDB().NewQuery("SELECT f.key AS field, COUNT(*) AS n FROM customers c, json_each(c.custom) f " +
		"WHERE c.merged = '' AND c.custom IS NOT NULL AND c.custom != '' AND c.custom != '{}' GROUP BY f.key").All(&rows)
	if err != nil {
		return nil, fmt.Errorf("count customers' fields: %w", err)
	}
	uses := make(map[string]int, len(rows))
	for _, r := range rows {
		uses[r.Field] = r.N
	}
	return uses, nil
}

// fieldsGone lists the fields that were deleted before then.
func fieldsGone(app core.App, then time.Time) ([]*Field, error) {
	before, err := types.ParseDateTime(then)
	if err != nil {
		return nil, err
	}
	var all []*Field
	err = app.RecordQuery(Fields).AndWhere(dbx.NewExp("deleted != '' AND deleted < {:before}", dbx.Params{"before": before.String()})).All(&all)
	if err != nil {
		return nil, fmt.Errorf("deleted fields: %w", err)
	}
	return all, nil
}
