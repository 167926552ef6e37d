package customers

import (
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
)

// sweepBatch keeps each transaction short: messages wait for the same connection.
const sweepBatch = 200

// Sweep forgets what is over by now.
func Sweep(app core.App, now time.Time) error {
	return errors.Join(sweepSessions(app, now), sweepTags(app, now), sweepFields(app, now), sweepNotes(app, now), sweepTrails(app, now), settleMerges(app, now))
}

// sweepSessions removes sessions that died before now, and with them the contacts
// that nobody can return to and that never said a word.
func sweepSessions(app core.App, now time.Time) error {
	for {
		n, err := ForgetSessions(app, now.Add(-sessionLife), nil)
		if err != nil {
			return fmt.Errorf("sweep sessions: %w", err)
		}
		if n < sweepBatch {
			return nil
		}
	}
}

// ForgetSessions ends some of the visitors' sessions that were not used since then,
// the oldest first, and says how many. Which of them may narrow down; nil means all.
func ForgetSessions(app core.App, then time.Time, which dbx.Expression) (int, error) {
	var dead []*session
	err := app.RecordQuery(Sessions).AndWhere(unusedSince(then)).AndWhere(which).OrderBy("seen").Limit(sweepBatch).All(&dead)
	if err != nil {
		return 0, fmt.Errorf("forget sessions: %w", err)
	}
	if len(dead) == 0 {
		return 0, nil
	}
	var ids, contacts []any
	for _, s := range dead {
		ids, contacts = append(ids, s.Id), append(contacts, s.contact())
	}
	return len(dead), app.RunInTransaction(func(app core.App) error {
		if _, err := app.DB().Delete(Sessions, dbx.In("id", ids...)).Execute(); err != nil {
			return err
		}
		_, err := app.DB().Delete(Contacts, dbx.And(dbx.In("id", contacts...), ofCustomer(""),
			dbx.NewExp("NOT EXISTS (SELECT 1 FROM visitor_sessions s WHERE s.contact = contacts.id)"))).Execute()
		return err
	})
}

// IdleSessions counts those sessions.
func IdleSessions(app core.App, then time.Time, which dbx.Expression) (n int, err error) {
	err = app.ConcurrentDB().Select("COUNT(*)").From(Sessions).Where(unusedSince(then)).AndWhere(which).Row(&n)
	return n, err
}

func unusedSince(then time.Time) dbx.Expression {
	return dbx.NewExp("seen < {:then}", dbx.Params{"then": clock.Stored(then)})
}
