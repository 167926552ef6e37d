package notices

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
)

// Robots lists those that are not deleted, the oldest first.
func Robots(app core.App) ([]*Robot, error) {
	var list []*Robot
	if err := app.RecordQuery(Collection).AndWhere(dbx.HashExp{"deleted": ""}).OrderBy("created", "id").All(&list); err != nil {
		return nil, fmt.Errorf("robots: %w", err)
	}
	return list, nil
}

// ByID is one that is not deleted.
func ByID(app core.App, id string) (*Robot, error) {
	b := &Robot{}
	if err := app.RecordQuery(Collection).AndWhere(dbx.HashExp{"id": id, "deleted": ""}).Limit(1).One(b); err != nil {
		return nil, fmt.Errorf("robot %q: %w", id, err)
	}
	return b, nil
}

// What comes of a robot's attempts is written with SQL: it is no change that
// somebody has made.

func (b *Robot) spoke(app core.App, code string, now time.Time) error {
	at := b.spoken()
	at[code] = now.UnixMilli()
	_, err := app.NonconcurrentDB().NewQuery("UPDATE robots SET worked = {:now}, spoke = {:spoke} WHERE id = {:id}").
		Bind(dbx.Params{"id": b.Id, "now": clock.Stored(now), "spoke": asJSON(at)}).Execute()
	return err //nolint:wrapcheck // its caller says what was being done
}

func (b *Robot) fell(app core.App, why Trouble, now time.Time) error {
	_, err := app.NonconcurrentDB().NewQuery("UPDATE robots SET failed = {:now}, trouble = {:trouble} WHERE id = {:id}").
		Bind(dbx.Params{"id": b.Id, "now": clock.Stored(now), "trouble": asJSON(why)}).Execute()
	return err //nolint:wrapcheck // likewise
}
