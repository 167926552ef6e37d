package customers

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
)

// AllTags lists the shop's tags in their order.
func AllTags(app core.App) ([]*Tag, error) {
	var all []*Tag
	if err := app.RecordQuery(Tags).OrderBy("sort", "created", "id").All(&all); err != nil {
		return nil, fmt.Errorf("tags: %w", err)
	}
	return all, nil
}

// AddTag adds a tag at a place among the others.
func AddTag(app core.App, name, colour string, sort int) (*Tag, error) {
	t, err := newTag(app, name, colour, sort)
	if err != nil {
		return nil, fmt.Errorf("add tag: %w", err)
	}
	if err := app.Save(t); err != nil {
		return nil, fmt.Errorf("add tag %q: %w", name, err)
	}
	return t, nil
}
