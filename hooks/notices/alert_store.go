package notices

import (
	"database/sql"
	"errors"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
)

// pending is what a robot has to say about a code: the latest alert, and how
// many there were since it last spoke. While there is a row, an effect is on its
// way that will say it. Rows are written with SQL, so that an alert costs the
// timeline's writer no more than it must.
type pending struct {
	Robot        string
	Code         string
	Text         string         `db:"text"`
	Group        string         `db:"group"`
	Conversation string         `db:"conversation"`
	Count        int            `db:"count"`
	Began        types.DateTime `db:"began"` // when the first of them came
}

// note adds an alert to what there is to say, and reports whether it is the
// first.
func (p pending) note(app core.App, now time.Time) (first bool, err error) {
	var count int
	err = app.NonconcurrentDB().NewQuery(`
		INSERT INTO alerts (id, robot, code, text, "group", conversation, count, began)
		VALUES ({:id}, {:robot}, {:code}, {:text}, {:group}, {:conversation}, 1, {:now})
		ON CONFLICT (robot, code) DO UPDATE
		SET text = excluded.text, "group" = excluded."group", conversation = excluded.conversation, count = count + 1
		RETURNING count`).
		Bind(dbx.Params{
			"id": core.GenerateDefaultRandomId(), "robot": p.Robot, "code": p.Code, "text": p.Text, "group": p.Group,
			"conversation": p.Conversation, "now": clock.Stored(now),
		}).Row(&count)
	return count == 1, err //nolint:wrapcheck // its caller says what was being done
}

// toSay is what robot has to say about code, nil for nothing.
func toSay(app core.App, robot, code string) (*pending, error) {
	p := pending{Robot: robot, Code: code}
	err := app.ConcurrentDB().NewQuery(`SELECT text, "group", conversation, count, began FROM alerts WHERE robot = {:robot} AND code = {:code}`).
		Bind(dbx.Params{"robot": robot, "code": code}).One(&p)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing to say is an ordinary answer
	}
	return &p, err
}

// codesToSay are those that robot has something to say about.
func codesToSay(app core.App, robot string) (codes []string, err error) {
	err = app.DB().NewQuery("SELECT code FROM alerts WHERE robot = {:robot} ORDER BY code").Bind(dbx.Params{"robot": robot}).Column(&codes)
	return codes, err //nolint:wrapcheck // its caller says what was being done
}

// said takes away what p was, and reports whether more has come meanwhile.
func (p *pending) said(app core.App, now time.Time) (more bool, err error) {
	is := dbx.Params{"robot": p.Robot, "code": p.Code, "count": p.Count, "now": clock.Stored(now)}
	if _, err = app.NonconcurrentDB().NewQuery("DELETE FROM alerts WHERE robot = {:robot} AND code = {:code} AND count <= {:count}").Bind(is).Execute(); err != nil {
		return false, err //nolint:wrapcheck // its caller says what was being done
	}
	done, err := app.NonconcurrentDB().NewQuery("UPDATE alerts SET count = count - {:count}, began = {:now} WHERE robot = {:robot} AND code = {:code}").Bind(is).Execute()
	if err != nil {
		return false, err //nolint:wrapcheck // likewise
	}
	n, err := done.RowsAffected()
	return n > 0, err //nolint:wrapcheck // likewise
}

// forget drops all that robot has to say about code.
func forget(app core.App, robot, code string) error {
	_, err := app.NonconcurrentDB().NewQuery("DELETE FROM alerts WHERE robot = {:robot} AND code = {:code}").
		Bind(dbx.Params{"robot": robot, "code": code}).Execute()
	return err //nolint:wrapcheck // its caller says what was being done
}
