package backup

import (
	"context"
	"database/sql"
	_ "embed" // acting.sql
	"errors"
	"slices"
	"strings"
)

// errForeign refuses what would act by itself.
var errForeign = errors.New("the database has a trigger or view that is none of the program's")

// acting are the parts of a schema that do something by themselves. A view that the
// dashboard has made for the owner is none: it is read by name, and only by superusers
// unless they say otherwise.
const acting = "SELECT sql FROM sqlite_master WHERE type = 'trigger' OR type = 'view' AND name NOT IN (SELECT name FROM _collections WHERE type = 'view') ORDER BY name"

// ownActing are those that our migrations make, with [between] in between. It is written
// down: the present database may be damaged, or gone, or have some of its owner's.
//
//go:embed acting.sql
var ownActing string

const between = "\n--\n"

// foreignIn are those of a database that our migrations do not make.
func foreignIn(ctx context.Context, db *sql.DB) ([]string, error) {
	list, err := texts(ctx, db, acting)
	if err != nil {
		return nil, err
	}
	ours := strings.Split(strings.TrimSuffix(ownActing, "\n"), between)
	return slices.DeleteFunc(list, func(s string) bool { return slices.Contains(ours, s) }), nil
}
