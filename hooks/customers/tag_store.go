package customers

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// AllTags lists the shop's tags in their order.
func AllTags(app core.App) ([]*Tag, error) {
	var all []*Tag
	if err := app.RecordQuery(Tags).AndWhere(dbx.NewExp("deleted = ''")).OrderBy("sort", "created", "id").All(&all); err != nil {
		return nil, fmt.Errorf("tags: %w", err)
	}
	return all, nil
}

// TagByID returns a tag that is there.
func TagByID(app core.App, id string) (*Tag, error) {
	t, err := anyTag(app, id)
	if err == nil && !t.Gone().IsZero() {
		err = fmt.Errorf("tag %q is gone: %w", id, sql.ErrNoRows)
	}
	return t, err
}

// TagNow returns what has become of a tag: itself, the one that it was merged
// into, or nil where it was deleted. One that never was, or is forgotten, is
// sql.ErrNoRows.
func TagNow(app core.App, id string) (*Tag, error) {
	for range 10 { // merges of merges
		t, err := anyTag(app, id)
		if err != nil || t.Gone().IsZero() {
			return t, err
		}
		if id = t.Into(); id == "" {
			break
		}
	}
	return nil, nil //nolint:nilnil // as documented
}

func anyTag(app core.App, id string) (*Tag, error) {
	t := &Tag{}
	if err := app.RecordQuery(Tags).AndWhere(dbx.HashExp{"id": id}).Limit(1).One(t); err != nil {
		return nil, fmt.Errorf("tag %q: %w", id, err)
	}
	return t, nil
}

// tagNamed returns the tag that is there with the name, nil where none is.
func tagNamed(app core.App, name string) (*Tag, error) {
	t := &Tag{}
	err := app.RecordQuery(Tags).AndWhere(dbx.HashExp{"name": name}).AndWhere(dbx.NewExp("deleted = ''")).Limit(1).One(t)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // none is the usual answer
	}
	return t, err
}

// TagUses is how many customers bear each tag, by its id.
func TagUses(app core.App) (map[string]int, error) {
	var rows []struct {
		Tag string `db:"tag"`
		N   int    `db:"n"`
	}
	err := app.ConcurrentDB().NewQuery("SELECT t.value AS tag, COUNT(*) AS n FROM customers c INDEXED BY idx_customers_tagged, json_each(c.tags) t " +
		"WHERE c.tags != '[]' AND c.merged = '' GROUP BY t.value").All(&rows)
	if err != nil {
		return nil, fmt.Errorf("count tags of customers: %w", err)
	}
	uses := make(map[string]int, len(rows))
	for _, r := range rows {
		uses[r.Tag] = r.N
	}
	return uses, nil
}

// bearing lists some of the customers that bear the tag.
func bearing(app core.App, tag string, most int) ([]*Customer, error) {
	var some []*Customer
	err := app.RecordQuery(Customers).
		AndWhere(dbx.NewExp("tags != '[]' AND instr(tags, {:tag}) > 0", dbx.Params{"tag": `"` + tag + `"`})).Limit(int64(most)).All(&some)
	if err != nil {
		return nil, fmt.Errorf("customers with tag %q: %w", tag, err)
	}
	return some, nil
}

// deletedBefore lists the tags that were deleted, not merged, before then.
func deletedBefore(app core.App, then time.Time) ([]*Tag, error) {
	before, err := types.ParseDateTime(then)
	if err != nil {
		return nil, err
	}
	var all []*Tag
	err = app.RecordQuery(Tags).AndWhere(dbx.NewExp("deleted != '' AND [[into]] = '' AND deleted < {:before}", dbx.Params{"before": before.String()})).All(&all)
	if err != nil {
		return nil, fmt.Errorf("deleted tags: %w", err)
	}
	return all, nil
}
