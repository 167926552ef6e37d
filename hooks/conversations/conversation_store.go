package conversations

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// PageSize is how many entries a list answers.
const PageSize = 50

func query(app core.App, where dbx.Expression, limit int64, order ...string) ([]*Conversation, error) {
	q := app.ConcurrentDB().Select(strings.Split(conversationColumns, ", ")...).From("conversations").Where(where).OrderBy(order...)
	if limit > 0 {
		q.Limit(limit)
	}
	return found(q.Build())
}

// found are the conversations that q, which asks for their columns, finds.
func found(q *dbx.Query) ([]*Conversation, error) {
	rows, err := q.Rows()
	if err != nil {
		return nil, fmt.Errorf("conversations: %w", err)
	}
	return scanConversations(rows)
}

// ByID returns one conversation; not_found where there is none.
func ByID(app core.App, id string) (*Conversation, error) {
	list, err := query(app, dbx.HashExp{"id": id}, 1, "id")
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fail.New(fail.NotFound, "fail.not_found")
	}
	return list[0], nil
}

// SeenBy returns a conversation that p may see; not_found otherwise.
func SeenBy(app core.App, p *access.Person, id string) (*Conversation, error) {
	c, err := ByID(app, id)
	if err != nil {
		return nil, err
	}
	if !Visible(p, c) {
		return nil, fail.New(fail.NotFound, "fail.not_found")
	}
	return c, nil
}

// Latest is the contact's newest conversation; nil where there was none.
func Latest(app core.App, contact string) (*Conversation, error) {
	list, err := query(app, dbx.HashExp{"contact": contact}, 1, "opened DESC")
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// OfCustomer lists a customer's conversations, newest first.
func OfCustomer(app core.App, customer string, limit int64) ([]*Conversation, error) {
	return query(app, dbx.HashExp{"customer": customer}, limit, "opened DESC")
}

// OfCustomerSeenBy lists those of a customer's conversations that p may see, newest
// first, from the one behind before on; "" begins with the newest.
func OfCustomerSeenBy(app core.App, p *access.Person, customer, before string, limit int64) ([]*Conversation, error) {
	where := dbx.And(dbx.HashExp{"customer": customer}, visibleTo(p))
	if before != "" {
		c, err := ByID(app, before)
		if err != nil {
			return nil, err
		}
		where = dbx.And(where, dbx.NewExp("(opened < {:opened} OR opened = {:opened} AND id < {:id})", dbx.Params{"opened": clock.Stored(c.Opened), "id": c.ID}))
	}
	return query(app, where, limit, "opened DESC", "id DESC")
}

// CountOfCustomer is how many of a customer's conversations p may see.
func CountOfCustomer(app core.App, p *access.Person, customer string) (n int, err error) {
	err = app.ConcurrentDB().Select("COUNT(*)").From("conversations").Where(dbx.And(dbx.HashExp{"customer": customer}, visibleTo(p))).Row(&n)
	if err != nil {
		return 0, fmt.Errorf("counting conversations of %s: %w", customer, err)
	}
	return n, nil
}

// InQueue lists what waits for somebody, by place in the queue.
func InQueue(app core.App) ([]*Conversation, error) {
	return query(app, dbx.HashExp{"status": string(Waiting)}, 0, "rank", "id")
}

// OpenOf lists what a staff member is serving.
func OpenOf(app core.App, staff string) ([]*Conversation, error) {
	return query(app, dbx.HashExp{"assignee": staff, "status": string(Open)}, 0, "last_seq")
}

// InView lists what p may see in view ("mine", "following", "all", or a status), newest
// activity last, at most [PageSize], before the timeline number before.
func InView(app core.App, p *access.Person, view string, before int64) ([]*Conversation, error) {
	where, err := inView(p, view)
	if err != nil {
		return nil, err
	}
	var list []*Conversation
	if view == "all" || view == "" {
		list, err = newest(app, where, before, PageSize)
	} else {
		list, err = sorted(app, dbx.And(where, saidBefore(before)), PageSize)
	}
	slices.Reverse(list)
	return list, err
}

// What is going on and what is done are found by indexes of their own: see the
// migration "done apart". An index of part of a table wants to see the very words; and
// what is going on is told which one to take, because by what SQLite counts at night,
// when there is little of it, it would sooner read the whole table.
const (
	goingOn = "conversations INDEXED BY idx_conversations_queue WHERE status IN ('bot', 'waiting', 'open', 'later')"
	done    = "status = 'closed'"
)

var (
	isGoingOn = dbx.NewExp("rowid IN (SELECT rowid FROM " + goingOn + ")")
	isDone    = dbx.NewExp(done)
)

const newestFirst = "last_seq DESC"

func saidBefore(number int64) dbx.Expression {
	return dbx.NewExp("last_seq < {:before}", dbx.Params{"before": number})
}

// sorted are the newest of what where finds.
func sorted(app core.App, where dbx.Expression, limit int64) ([]*Conversation, error) {
	return found(newestOf(app, where, limit))
}

// newestOf sorts by number alone: rows are wide, and only those that are wanted are
// read, once it is known which.
func newestOf(app core.App, where dbx.Expression, limit int64) *dbx.Query {
	db := app.ConcurrentDB()
	wanted := db.Select("id").From("conversations").Where(where).OrderBy(newestFirst).Limit(limit).Build()
	return db.NewQuery("SELECT " + conversationColumns + " FROM (" + wanted.SQL() + ") CROSS JOIN conversations USING (id) ORDER BY " + newestFirst).Bind(wanted.Params())
}

// newest are the conversations that where finds and whose last entry is before the
// number before, the newest first.
func newest(app core.App, where dbx.Expression, before, limit int64) ([]*Conversation, error) {
	where = dbx.And(where, saidBefore(before))
	list, err := sorted(app, dbx.And(isGoingOn, where), limit)
	if err != nil {
		return nil, err
	}
	if int64(len(list)) == limit { // then of what is done only what is newer
		where = dbx.And(where, dbx.NewExp("last_seq > {:oldest}", dbx.Params{"oldest": list[limit-1].LastSeq}))
	}
	closed, err := query(app, dbx.And(isDone, where), limit, newestFirst)
	if err != nil {
		return nil, err
	}
	closedSince := map[string]bool{}
	for _, c := range closed {
		closedSince[c.ID] = true
	}
	list = slices.DeleteFunc(list, func(c *Conversation) bool { return closedSince[c.ID] })
	list = append(list, closed...)
	slices.SortFunc(list, func(a, b *Conversation) int { return cmp.Compare(b.LastSeq, a.LastSeq) })
	return list[:min(len(list), int(limit))], nil
}

// Counts is how many conversations p may see in each view that is not done.
func Counts(app core.App, p *access.Person) (map[string]int, error) {
	counts := map[string]int{}
	for _, view := range []string{"mine", "following", "waiting", "open", "bot", "later"} {
		where, err := inView(p, view)
		if err != nil {
			return nil, err
		}
		var n int
		if err := app.ConcurrentDB().Select("COUNT(*)").From("conversations").Where(where).Row(&n); err != nil {
			return nil, fmt.Errorf("counting %s: %w", view, err)
		}
		counts[view] = n
	}
	return counts, nil
}

func inView(p *access.Person, view string) (dbx.Expression, error) {
	switch view {
	case "mine":
		return dbx.HashExp{"assignee": p.ID, "status": string(Open)}, nil
	case "following":
		return dbx.NewExp("owner = {:me} AND owner != '' AND status != 'closed' AND assignee != {:me}", dbx.Params{"me": p.ID}), nil
	case "all", "":
		return visibleTo(p), nil
	case string(Closed):
		return dbx.And(isDone, visibleTo(p)), nil
	case string(Waiting), string(Open), string(WithBot), string(Later):
		return dbx.And(dbx.HashExp{"status": view}, visibleTo(p)), nil
	}
	return nil, fail.New(fail.Invalid, "conversations.view").On("view")
}

// GoingOn lists all that is not closed, as it is at one instant.
func GoingOn(app core.App) ([]*Conversation, error) { return query(app, isGoingOn, 0) }

// ChangedSince lists conversations whose last change is after rev, in that
// order; a contact's own where contact is not empty.
func ChangedSince(app core.App, rev int64, contact string, limit int64) ([]*Conversation, error) {
	if contact != "" {
		return query(app, dbx.And(dbx.HashExp{"contact": contact}, dbx.NewExp("rev > {:rev}", dbx.Params{"rev": rev})), limit, "rev")
	}
	return found(app.ConcurrentDB().NewQuery(changedSince).Bind(dbx.Params{"rev": rev, "limit": limit}))
}

// changedSince reads both at one instant: what changes in between must not be passed
// over.
var changedSince = "SELECT " + conversationColumns + " FROM " + goingOn + " AND rev > {:rev}" +
	" UNION ALL SELECT " + conversationColumns + " FROM conversations WHERE " + done + " AND rev > {:rev} ORDER BY rev LIMIT {:limit}"

// Position is c's place in the queue of its group, from 1; 0 where it does not
// wait.
func Position(app core.App, c *Conversation) (int, error) {
	if c.Status != Waiting {
		return 0, nil
	}
	var ahead int
	err := app.ConcurrentDB().NewQuery("SELECT COUNT(*) FROM conversations WHERE status = 'waiting' AND [[group]] = {:group} AND " +
		"([[rank]] < {:rank} OR ([[rank]] = {:rank} AND id < {:id}))").
		Bind(dbx.Params{"group": c.Group, "rank": clock.Stored(c.Rank), "id": c.ID}).Row(&ahead)
	return ahead + 1, err
}

// Unclosed counts what is not closed, by state.
func Unclosed(app core.App) (map[Status]int, error) {
	var rows []struct {
		Status Status `db:"status"`
		N      int    `db:"n"`
	}
	if err := app.ConcurrentDB().NewQuery("SELECT status, COUNT(*) AS n FROM " + goingOn + " GROUP BY status").All(&rows); err != nil {
		return nil, fmt.Errorf("counting what is not closed: %w", err)
	}
	counts := map[Status]int{}
	for _, r := range rows {
		counts[r.Status] = r.N
	}
	return counts, nil
}
