package outbox

import (
	"database/sql"
	"errors"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
)

// Rows are few and short-lived: one that has happened is deleted, one that was
// given up keeps the time in done. They are written with SQL, so that a row
// costs the timeline's writer no more than it must.

// nowParam is what statements call the moment at which they run.
const nowParam = "now"

func insert(app core.App, kind string, payload []byte, due time.Time) error {
	_, err := app.NonconcurrentDB().NewQuery(`
		INSERT INTO outbox (id, kind, payload, attempts, due, done, error, created)
		VALUES ({:id}, {:kind}, {:payload}, 0, {:due}, '', '', {:created})`).
		Bind(dbx.Params{"id": core.GenerateDefaultRandomId(), "kind": kind, "payload": string(payload), "due": clock.Stored(due), "created": clock.Stored(time.Now())}).
		Execute()
	return err //nolint:wrapcheck // its caller says what was being done
}

// head is the effect of a kind whose turn it is, or nil: the oldest that is due
// or has been tried. One that has been tried and waits keeps its place. Rows are
// in the order of their commits, since one connection writes them all.
func head(app core.App, kind string, now time.Time) (*Effect, error) {
	var row struct {
		ID       string         `db:"id"`
		Payload  string         `db:"payload"`
		Attempts int            `db:"attempts"`
		Due      types.DateTime `db:"due"`
	}
	err := app.ConcurrentDB().NewQuery(`
		SELECT id, payload, attempts, due FROM outbox
		WHERE done = '' AND kind = {:kind} AND (due <= {:now} OR attempts > 0) ORDER BY rowid LIMIT 1`).
		Bind(dbx.Params{"kind": kind, nowParam: clock.Stored(now)}).One(&row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing to do is the usual case
	}
	if err != nil {
		return nil, err
	}
	return &Effect{ID: row.ID, Kind: kind, Tries: row.Attempts, payload: []byte(row.Payload), due: row.Due.Time()}, nil
}

func remove(app core.App, id string) error {
	_, err := app.NonconcurrentDB().NewQuery("DELETE FROM outbox WHERE id = {:id}").Bind(dbx.Params{"id": id}).Execute()
	return err //nolint:wrapcheck // its caller says what was being done
}

func again(app core.App, id string, cause error, due time.Time) error {
	_, err := app.NonconcurrentDB().NewQuery("UPDATE outbox SET attempts = attempts + 1, due = {:due}, error = {:error} WHERE id = {:id}").
		Bind(dbx.Params{"id": id, "due": clock.Stored(due), "error": short(cause)}).Execute()
	return err //nolint:wrapcheck // its caller says what was being done
}

func giveUp(app core.App, id string, cause error, now time.Time) error {
	_, err := app.NonconcurrentDB().NewQuery("UPDATE outbox SET attempts = attempts + 1, done = {:now}, error = {:error} WHERE id = {:id}").
		Bind(dbx.Params{"id": id, nowParam: clock.Stored(now), "error": short(cause)}).Execute()
	return err //nolint:wrapcheck // its caller says what was being done
}

// short is an error as far as its column takes it.
func short(err error) string {
	runes := []rune(err.Error())
	return string(runes[:min(len(runes), 500)])
}

// Backlog is what the outbox still has to do.
type Backlog struct {
	Late    int       // due, and not done yet
	Oldest  time.Time // when the first of those came due; zero without one
	GivenUp int       // tried for most of a day, and kept for somebody to look at
}

// BacklogOf counts what waits in app's outbox.
func BacklogOf(app core.App, now time.Time) (b Backlog, err error) {
	var row struct {
		Late    int            `db:"late"`
		Oldest  types.DateTime `db:"oldest"`
		GivenUp int            `db:"given_up"`
	}
	err = app.ConcurrentDB().NewQuery(`
		SELECT COUNT(*) FILTER (WHERE done = '' AND due <= {:now}) AS late,
			COALESCE(MIN(due) FILTER (WHERE done = '' AND due <= {:now}), '') AS oldest,
			COUNT(*) FILTER (WHERE done != '') AS given_up FROM outbox`).
		Bind(dbx.Params{nowParam: clock.Stored(now)}).One(&row)
	return Backlog{Late: row.Late, Oldest: row.Oldest.Time(), GivenUp: row.GivenUp}, err
}

// TryAgain takes up what was given up, as if it had just come, and says how many
// that were.
func TryAgain(app core.App, now time.Time) (int, error) {
	result, err := app.NonconcurrentDB().NewQuery("UPDATE outbox SET done = '', attempts = 0, due = {:now} WHERE done != ''").
		Bind(dbx.Params{nowParam: clock.Stored(now)}).Execute()
	if err != nil {
		return 0, err //nolint:wrapcheck // its caller says what was being done
	}
	n, _ := result.RowsAffected() // SQLite's never fails
	return int(n), nil
}

// Forget drops what was given up before then.
func Forget(app core.App, then time.Time) error {
	_, err := app.NonconcurrentDB().NewQuery("DELETE FROM outbox WHERE done != '' AND done < {:then}").Bind(dbx.Params{"then": clock.Stored(then)}).Execute()
	return err //nolint:wrapcheck // its caller says what was being done
}
