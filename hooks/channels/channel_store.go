package channels

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// ByID returns one channel.
func ByID(app core.App, id string) (*Channel, error) {
	c := &Channel{}
	if err := app.RecordQuery(Collection).AndWhere(dbx.HashExp{"id": id}).Limit(1).One(c); err != nil {
		return nil, fmt.Errorf("channel %q: %w", id, err)
	}
	return c, nil
}

// Default returns the channel of pages that name none.
func Default(app core.App) (*Channel, error) {
	c := &Channel{}
	if err := app.RecordQuery(Collection).AndWhere(dbx.NewExp("is_default = TRUE")).Limit(1).One(c); err != nil {
		return nil, fmt.Errorf("default channel: %w", err)
	}
	return c, nil
}

// Find is [ByID], or [Default] where id is empty.
func Find(app core.App, id string) (*Channel, error) {
	if id == "" {
		return Default(app)
	}
	return ByID(app, id)
}

// All lists the channels, oldest first.
func All(app core.App) ([]*Channel, error) {
	var all []*Channel
	if err := app.RecordQuery(Collection).OrderBy("created", "id").All(&all); err != nil {
		return nil, fmt.Errorf("channels: %w", err)
	}
	return all, nil
}

// OpenHours are c's hours in the shop's time zone, or in the one that they name
// themselves.
func OpenHours(app core.App, c *Channel) hours.Week {
	return c.Hours().In(settings.ShopOf(app).Zone)
}

func hasDefault(app core.App) (bool, error) {
	_, err := Default(app)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}
