package customers

import (
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/outbox"
)

// mostTags a shop may have: they are all shown wherever one is chosen.
const mostTags = 200

// Retag is the kind of [outbox.Effect] that puts one tag in the place of another
// everywhere, or takes it away. Whoever keeps tags beside the customers' handles
// it, and ends with [Forget].
const Retag = "tags.retag"

// Retagging is what is to be done: From becomes Into, or nothing where that is "".
type Retagging struct {
	From string `json:"from"`
	Into string `json:"into,omitempty"`
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

// AppendTag adds a tag behind the others.
func AppendTag(app core.App, name, colour string) (*Tag, error) {
	var t *Tag
	err := app.RunInTransaction(func(app core.App) error {
		all, err := AllTags(app)
		if err != nil {
			return err
		}
		t, err = AddTag(app, name, colour, behind(all))
		return err
	})
	return t, err
}

// EditTag changes a tag's name and colour, wherever it is borne.
func EditTag(app core.App, id, name, colour string) (*Tag, error) {
	return changeTag(app, id, func(t *Tag) { t.write(name, colour) })
}

// DeleteTag takes a tag away. For [Undo] it can be restored to whatever bore it,
// and keeps it unseen; then it is forgotten.
func DeleteTag(app core.App, id string) (*Tag, error) {
	return changeTag(app, id, func(t *Tag) { t.leave("") })
}

// RestoreTag takes a deletion back, unless there is another tag of that name by
// now.
func RestoreTag(app core.App, id string) (*Tag, error) {
	var t *Tag
	err := app.RunInTransaction(func(app core.App) (err error) {
		if t, err = anyTag(app, id); err != nil {
			return err
		}
		if t.Into() != "" || !t.Gone().IsZero() && time.Since(t.Gone()) > Undo {
			return fail.New(fail.TooLate, "customers.tag_gone")
		}
		t.comeBack()
		return app.Save(t)
	})
	if err != nil {
		return nil, fmt.Errorf("restore tag: %w", err)
	}
	return t, nil
}

// MergeTags makes one tag of two: whatever bears from will bear into, within
// moments, and from is no more. It cannot be undone.
func MergeTags(app core.App, from, into string) (*Tag, error) {
	var kept *Tag
	err := app.RunInTransaction(func(app core.App) (err error) {
		if from == into {
			return fail.New(fail.Invalid, "customers.tag_itself").On("into")
		}
		if kept, err = TagByID(app, into); err != nil {
			return err
		}
		t, err := TagByID(app, from)
		if err != nil {
			return err
		}
		t.leave(into)
		if err := app.Save(t); err != nil {
			return err
		}
		return outbox.Add(app, Retag, Retagging{From: from, Into: into}, time.Now())
	})
	if err != nil {
		return nil, fmt.Errorf("merge tags: %w", err)
	}
	return kept, nil
}

// ArrangeTags puts the tags into the order of ids. Those that are not named
// stand behind them, as they stood.
func ArrangeTags(app core.App, ids []string) error {
	return app.RunInTransaction(func(app core.App) error {
		all, err := AllTags(app)
		if err != nil {
			return err
		}
		return arrange(app, all, ids)
	})
}

func changeTag(app core.App, id string, change func(*Tag)) (*Tag, error) {
	var t *Tag
	err := app.RunInTransaction(func(app core.App) (err error) {
		if t, err = TagByID(app, id); err != nil {
			return err
		}
		change(t)
		return app.Save(t)
	})
	if err != nil {
		return nil, fmt.Errorf("change tag: %w", err)
	}
	return t, nil
}

// retagBatch is how many customers change in one transaction, so that the
// timeline's writer never waits long.
const retagBatch = 100

// RetagCustomers puts one tag in the place of another at every customer, some
// at a time.
func RetagCustomers(app core.App, r Retagging) error {
	for {
		n := 0
		err := app.RunInTransaction(func(app core.App) error {
			some, err := bearing(app, r.From, retagBatch)
			if err != nil {
				return err
			}
			n = len(some)
			for _, c := range some {
				tags := r.Of(c.Tags())
				c.change(Change{Tags: &tags})
				if err := app.SaveNoValidate(c); err != nil { // what else is wrong with the customer stays as it was
					return fmt.Errorf("retag customer %s: %w", c.Id, err)
				}
			}
			return nil
		})
		if err != nil || n < retagBatch {
			return err
		}
	}
}

// Of is a list of tags' ids after the change.
func (r Retagging) Of(tags []string) []string {
	out := make([]string, 0, len(tags))
	for _, id := range tags {
		if id == r.From {
			id = r.Into
		}
		if id != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// Forget drops a tag that nothing bears any more. One that was restored
// meanwhile stays.
func Forget(app core.App, id string) error {
	return app.RunInTransaction(func(app core.App) error {
		t, err := anyTag(app, id)
		if fail.Of(err).Kind == fail.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		if t.Gone().IsZero() {
			return nil
		}
		return app.Delete(t)
	})
}

// sweepTags has the tags forgotten that were deleted too long ago to be restored.
func sweepTags(app core.App, now time.Time) error {
	old, err := deletedBefore(app, now.Add(-Undo))
	if err != nil {
		return err
	}
	for _, t := range old {
		if err := outbox.Add(app, Retag, Retagging{From: t.Id}, now); err != nil {
			return err
		}
	}
	return nil
}
