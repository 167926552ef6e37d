package channels

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
)

// Edit makes the channel what n says. The default's place can be taken so, but
// not given up.
func Edit(app core.App, id string, n New) (*Channel, error) {
	var c *Channel
	err := app.RunInTransaction(func(app core.App) (err error) {
		if c, err = ByID(app, id); err != nil {
			return err
		}
		n.Origins, n.Default = Origins(n.Origins), n.Default || c.IsDefault()
		c.set(n)
		return app.Save(c)
	})
	if err != nil {
		return nil, fmt.Errorf("edit channel: %w", err)
	}
	return c, nil
}

// MakeDefault has pages that name no channel come in by this one.
func MakeDefault(app core.App, id string) (*Channel, error) {
	c, err := ByID(app, id)
	if err != nil {
		return nil, fmt.Errorf("make a channel the default: %w", err)
	}
	c.beDefault()
	if err := app.Save(c); err != nil {
		return nil, fmt.Errorf("make a channel the default: %w", err)
	}
	return c, nil
}

// Delete takes a way in away. Whoever came by it keeps their conversations, and
// cannot write in them any more.
func Delete(app core.App, id string) (*Channel, error) {
	c, err := ByID(app, id)
	if err != nil {
		return nil, fmt.Errorf("delete channel: %w", err)
	}
	if err := app.Delete(c); err != nil {
		return nil, fmt.Errorf("delete channel: %w", err)
	}
	return c, nil
}
