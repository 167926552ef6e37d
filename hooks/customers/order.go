package customers

import (
	"fmt"
	"slices"

	"github.com/pocketbase/pocketbase/core"
)

// placed is what the shop has put into an order of its own.
type placed interface {
	core.Model
	Sort() int
	place(sort int)
}

// behind is the place behind all of these.
func behind[T placed](all []T) int {
	last := 0
	for _, one := range all {
		last = max(last, one.Sort())
	}
	return last + 1
}

// arrange puts all into the order of ids and saves those that have moved. Those
// that are not named stand behind the others, as they stood.
func arrange[T placed](app core.App, all []T, ids []string) error {
	at := func(one T) int {
		id, _ := one.PK().(string)
		if i := slices.Index(ids, id); i >= 0 {
			return i
		}
		return len(ids)
	}
	slices.SortStableFunc(all, func(a, b T) int { return at(a) - at(b) })
	for i, one := range all {
		if one.Sort() == i+1 {
			continue
		}
		one.place(i + 1)
		if err := app.Save(one); err != nil {
			return fmt.Errorf("arrange: %w", err)
		}
	}
	return nil
}
