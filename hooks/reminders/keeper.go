package reminders

import (
	"database/sql"
	"errors"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// keeper is who has to see to a promise as things stand: whoever serves the
// customer now; else the owner of the question; else who promised it. "" where
// none of them serves any more: then it is the supervisors'.
func keeper(app core.App, r *Reminder) (string, error) {
	line, err := inLine(app, r)
	if err != nil {
		return "", err
	}
	for _, id := range line {
		serves, err := serving(app, id)
		if err != nil || serves {
			return id, err
		}
	}
	return "", nil
}

// inLine lists those in question, in their order; "" for nobody.
func inLine(app core.App, r *Reminder) ([]string, error) {
	line := make([]string, 0, 4)
	latest, err := conversations.Latest(app, r.Contact())
	if err != nil {
		return nil, err
	}
	if latest != nil && latest.Status != conversations.Closed {
		line = append(line, latest.Assignee, latest.Owner)
	}
	c, err := conversations.ByID(app, r.Conversation())
	if err != nil && fail.Of(err).Kind != fail.NotFound {
		return nil, err
	}
	if err == nil {
		line = append(line, c.Owner)
	}
	return append(line, r.Staff()), nil
}

// serving reports whether id is somebody who answers customers.
func serving(app core.App, id string) (bool, error) {
	if id == "" {
		return false, nil
	}
	p, err := access.ByID(app, id)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil && !p.Disabled && !p.Deleted && p.May(access.ConversationsReply), err
}

// concerns finds, along the open promises, those that may be somebody's to see
// to: the index of a contact's unclosed conversation makes it quick.
const concerns = "(staff = {:id} OR EXISTS (SELECT 1 FROM conversations c WHERE c.contact = reminders.contact AND c.status != 'closed' " +
	"AND (c.assignee = {:id} OR c.owner = {:id})) OR EXISTS (SELECT 1 FROM conversations c WHERE c.id = reminders.conversation AND c.owner = {:id}))"

// For lists the open promises that p has to see to, the most urgent first: a
// supervisor's are also those that nobody else can keep any more.
func For(app core.App, p *access.Person) ([]*Reminder, error) {
	where := dbx.NewExp(concerns, dbx.Params{"id": p.ID})
	supervises := p.May(access.ConversationsAssign)
	if supervises {
		gone, err := byThoseGone(app)
		if err != nil {
			return nil, err
		}
		where = dbx.Or(where, gone)
	}
	list, err := query(app, dbx.And(dbx.NewExp("done = ''"), where), listMost)
	if err != nil {
		return nil, err
	}
	mine := list[:0]
	for _, r := range list {
		id, err := keeper(app, r)
		if err != nil {
			return nil, err
		}
		falls := id == "" && supervises
		if falls {
			if falls, err = sees(app, p, r); err != nil {
				return nil, err
			}
		}
		if falls || id == p.ID {
			mine = append(mine, r)
		}
	}
	return mine, nil
}

// byThoseGone finds what was promised by somebody who serves no more: only such a
// promise can be nobody's.
func byThoseGone(app core.App) (dbx.Expression, error) {
	people, err := access.People(app)
	if err != nil {
		return nil, err
	}
	var there []any
	for _, p := range people {
		if p.May(access.ConversationsReply) {
			there = append(there, p.ID)
		}
	}
	return dbx.NotIn("staff", there...), nil
}
