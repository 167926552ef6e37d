package reminders

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/queries"
)

const listMost = 500 // of what is shown, or told, at once

func byID(app core.App, id string) (*Reminder, error) {
	r := &Reminder{}
	if err := app.RecordQuery(Collection).AndWhere(dbx.HashExp{"id": id}).Limit(1).One(r); err != nil {
		return nil, fmt.Errorf("reminder %q: %w", id, err)
	}
	return r, nil
}

// again is what p has written down under an id of theirs already; nil for none.
func again(app core.App, staff, id string) (*Reminder, error) {
	list, err := query(app, dbx.NewExp("staff = {:staff} AND client_id = {:id}", dbx.Params{"staff": staff, "id": id}), 1)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// open lists what has not been kept yet, the most urgent first.
func open(app core.App, where string, params dbx.Params) ([]*Reminder, error) {
	return query(app, dbx.And(dbx.NewExp("done = ''"), dbx.NewExp(where, params)), listMost)
}

func query(app core.App, where dbx.Expression, most int64) ([]*Reminder, error) {
	var list []*Reminder
	if err := app.RecordQuery(Collection).AndWhere(where).OrderBy("due", "id").Limit(most).All(&list); err != nil {
		return nil, fmt.Errorf("reminders: %w", err)
	}
	return list, nil
}

const someKey = "reminders.some"

type promisee struct{ contact, customer string }

// anyOf reports whether anything was promised to whom c is with, and is still to be
// kept.
func anyOf(app core.App, c *conversations.Conversation) (bool, error) {
	known := app.Store().GetOrSet(someKey, func() any { return queries.AnswersFrom[promisee, bool](Collection) })
	return known.(*queries.Answers[promisee, bool]).Ask(app, promisee{c.Contact, c.Customer}, func() (some bool, err error) {
		err = queries.Row(app, "SELECT EXISTS (SELECT 1 FROM reminders WHERE contact = ? AND done = '') OR "+
			"EXISTS (SELECT 1 FROM reminders WHERE customer = ? AND customer != '' AND done = '')", []any{c.Contact, c.Customer}, &some)
		if err != nil {
			err = fmt.Errorf("promises: %w", err)
		}
		return some, err
	})
}

// OfConversation lists what was promised to whom c is with and is still to be
// kept, in c or in another conversation, the most urgent first. It is asked with
// each message, and nearly always there is nothing: that is found out first.
func OfConversation(app core.App, c *conversations.Conversation) ([]*Reminder, error) {
	some, err := anyOf(app, c)
	if err != nil || !some {
		return nil, err
	}
	return open(app, "(contact = {:contact} OR customer = {:customer} AND {:customer} != '')", dbx.Params{"contact": c.Contact, "customer": c.Customer})
}

const isDue = "told = '' AND done = '' AND due <= {:now}"

func anyDue(app core.App, now time.Time) (bool, error) {
	var n int
	err := app.ConcurrentDB().NewQuery("SELECT COUNT(*) FROM (SELECT 1 FROM reminders INDEXED BY idx_reminders_due WHERE " + isDue + " LIMIT 1)").
		Bind(dbx.Params{"now": moment(now).String()}).Row(&n)
	if err != nil {
		return false, fmt.Errorf("looking for what is due: %w", err)
	}
	return n > 0, nil
}

func dueBy(app core.App, now time.Time) ([]*Reminder, error) {
	return query(app, dbx.NewExp(isDue, dbx.Params{"now": moment(now).String()}), listMost)
}

// markTold is raw: that somebody was told is no act, and no rule looks at it.
func markTold(app core.App, list []*Reminder, now time.Time) error {
	ids := make([]any, len(list))
	for i, r := range list {
		ids[i] = r.Id
	}
	_, err := app.NonconcurrentDB().Update(Collection, dbx.Params{"told": moment(now).String()}, dbx.In("id", ids...)).Execute()
	if err != nil {
		return fmt.Errorf("writing down who was reminded: %w", err)
	}
	return nil
}

// touchable returns a promise that p may see to: one to a customer whose
// conversation they see, the one that it was made in or the newest.
func touchable(app core.App, p *access.Person, id string) (*Reminder, error) {
	r, err := byID(app, id)
	if err != nil {
		return nil, err
	}
	seen, err := sees(app, p, r)
	if err == nil && !seen {
		err = fail.New(fail.NotFound, "fail.not_found")
	}
	return r, err
}

func sees(app core.App, p *access.Person, r *Reminder) (bool, error) {
	c, err := conversations.ByID(app, r.Conversation())
	if err != nil && fail.Of(err).Kind != fail.NotFound {
		return false, err
	}
	if err == nil && conversations.Visible(p, c) {
		return true, nil
	}
	c, err = conversations.Latest(app, r.Contact())
	return err == nil && c != nil && conversations.Visible(p, c), err
}
