package quickreplies

import (
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/files"
)

// Undo is how long a deleted quick reply can be restored.
const Undo = 24 * time.Hour

// Delete takes a quick reply away that p may change. For [Undo] it can be
// restored; then it is forgotten, and its picture with it.
func Delete(app core.App, p *access.Person, id string) error {
	return DeleteAll(app, p, []string{id})
}

// DeleteAll is [Delete] for several, all of them or none.
func DeleteAll(app core.App, p *access.Person, ids []string) error {
	if err := each(app, p, ids, (*QuickReply).leave); err != nil {
		return fmt.Errorf("delete quick replies: %w", err)
	}
	return nil
}

// Restore takes deletions back, all of them or none: not where a code is another
// one's by now.
func Restore(app core.App, p *access.Person, ids []string) error {
	err := app.RunInTransaction(func(app core.App) error {
		for _, id := range ids {
			if err := restore(app, p, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("restore quick replies: %w", err)
	}
	return nil
}

func restore(app core.App, p *access.Person, id string) error {
	q := &QuickReply{}
	err := app.RecordQuery(Collection).AndWhere(dbx.HashExp{"id": id}).AndWhere(ownedBy(p)).Limit(1).One(q)
	if err == nil {
		err = mayKeep(p, q.Scope())
	}
	if err != nil {
		return err
	}
	if gone := q.gone(); !gone.IsZero() && time.Since(gone) > Undo {
		return fail.New(fail.TooLate, "quickreplies.gone")
	}
	q.comeBack()
	return app.Save(q)
}

// sweep forgets what was deleted too long ago to be restored.
func sweep(app core.App, now time.Time) error {
	before, err := types.ParseDateTime(now.Add(-Undo))
	if err != nil {
		return err
	}
	var old []*QuickReply
	err = app.RecordQuery(Collection).AndWhere(dbx.NewExp("deleted != '' AND deleted < {:before}", dbx.Params{"before": before.String()})).All(&old)
	if err != nil {
		return fmt.Errorf("deleted quick replies: %w", err)
	}
	for _, q := range old {
		if err := app.Delete(q); err != nil {
			return fmt.Errorf("forget quick reply %s: %w", q.Id, err)
		}
	}
	return nil
}

// sweepPictures removes the pictures that no quick reply has: of those that were
// forgotten, replaced, or never saved.
func sweepPictures(app core.App, now time.Time) error {
	old, err := files.OfPurpose(app, files.ForQuickReply, now.Add(-Undo))
	if err != nil {
		return err
	}
	var kept []string
	if err := app.DB().Select("file").From(Collection).Where(dbx.NewExp("file != ''")).Column(&kept); err != nil {
		return fmt.Errorf("pictures of quick replies: %w", err)
	}
	for _, id := range old {
		if slices.Contains(kept, id) {
			continue
		}
		if err := files.Remove(app, id); err != nil {
			return err
		}
	}
	return nil
}
