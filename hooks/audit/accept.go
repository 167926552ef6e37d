package audit

import (
	"context"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Accept takes the trail as it is, faults included, for a reason that is kept:
// a database that was restored, a key that got lost. The entry that says so
// holds a sum over everything before it, so that what is altered later shows
// again. The anchor starts anew from there.
func Accept(ctx context.Context, app core.App, reason string, now time.Time) (Report, error) {
	if strings.TrimSpace(reason) == "" {
		return Report{}, fail.New(fail.Invalid, "audit.reason_missing").On("reason")
	}
	report, err := Verify(ctx, app, now)
	if err != nil || report.OK {
		return report, err
	}
	w, err := begin(app)
	if err != nil {
		return Report{}, err
	}
	if err = w.toEnd(ctx, app); err != nil {
		return Report{}, err
	}
	err = app.RunInTransaction(func(app core.App) error { return w.accept(ctx, app, reason, len(report.Faults)) })
	if err != nil {
		return Report{}, err
	}
	h, err := headOf(app)
	if err != nil {
		return Report{}, err
	}
	if err := writeAnchor(app, w.chain, h); err != nil {
		return Report{}, err
	}
	return Verify(ctx, app, now)
}

// accept goes the last steps while nobody can add anything, and adds the entry.
func (w *walk) accept(ctx context.Context, app core.App, reason string, faults int) error {
	c, end, err := ready(app)
	if err != nil {
		return err
	}
	if err = w.toEnd(ctx, app); err != nil {
		return err
	}
	r, err := Entry{
		Act: actAccepted, Object: Object{Kind: Collection}, Reason: reason,
		Changes: []Change{{Field: fieldFaults, After: faults}, {Field: fieldUpTo, After: w.seq}, {Field: fieldSum, After: w.sumNow()}},
	}.record(app)
	if err != nil {
		return err
	}
	return c.add(app, &end, r)
}

// FaultsOf is how many faults an entry of [ActVerified] tells of.
func FaultsOf(r *Record) int {
	for _, c := range r.Changes.List() {
		if n, ok := c.After.(float64); ok && c.Field == fieldFaults {
			return int(n)
		}
	}
	return 0
}

// Check verifies the trail and keeps in it that this was done, and by whom.
func Check(ctx context.Context, app core.App, now time.Time) (Report, error) {
	report, err := Verify(ctx, app, now)
	if err != nil {
		return report, err
	}
	return report, Add(app, Entry{
		Act: ActVerified, Object: Object{Kind: Collection},
		Changes: []Change{{Field: fieldEntries, After: report.Length}, {Field: fieldFaults, After: len(report.Faults)}},
	})
}
