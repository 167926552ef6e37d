package search

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/terms"
)

// customersMost is how many of the newest customers are held against each other.
const customersMost = 1000

// What is added to the fitness of a customer who is called what was typed, or so
// at the beginning: who types a name means somebody.
const (
	calledSo  = 20
	beginning = 10
)

// someone is a customer who was found.
type someone struct {
	n    int64
	who  *customers.Customer
	last *conversations.Conversation // theirs that the person may see; nil for none
	by   []customers.Searched        // in which they were found
	all  string                      // that they could be found by
}

// customers is a page of customers.
func (a *asked) customers() (Answer, error) {
	if a.best {
		return a.bestCustomers()
	}
	before, err := a.number(0)
	if err != nil {
		return Answer{}, err
	}
	var list []someone
	err = a.eachCustomer(before, func(s someone) bool {
		list = append(list, s)
		return len(list) <= pageSize
	})
	if err != nil {
		return Answer{}, err
	}
	var out Answer
	if len(list) > pageSize {
		list = list[:pageSize]
		if out.Next, err = a.mark(list[pageSize-1].n); err != nil {
			return Answer{}, err
		}
	}
	out.Hits = a.people(list)
	return out, nil
}

func (a *asked) bestCustomers() (Answer, error) {
	from, err := a.rankedFrom(0)
	if err != nil {
		return Answer{}, err
	}
	var list []candidate
	found := map[int64]someone{}
	err = a.eachCustomer(0, func(s someone) bool {
		c := ranked(s.n, a.fitness(s))
		name := strings.ToLower(s.who.Name())
		switch typed := strings.ToLower(a.typed); {
		case name == typed:
			c.score = calledSo
		case strings.HasPrefix(name, typed):
			c.score = beginning
		}
		list = append(list, c)
		found[s.n] = s
		return len(list) < customersMost
	})
	if err != nil || from >= len(list) {
		return Answer{Hits: []*Hit{}}, err
	}
	rank(list, make([]float64, len(a.query.Terms())))
	to := min(len(list), from+pageSize)
	var out Answer
	if to < len(list) {
		out.Next = strconv.Itoa(to)
	}
	var page []someone
	for _, c := range list[from:to] {
		page = append(page, found[c.seq])
	}
	out.Hits = a.people(page)
	return out, nil
}

// fitness counts the terms in what s was found by.
func (a *asked) fitness(s someone) terms.Found {
	parts := a.query.Terms()
	f := terms.Found{Counts: make([]int, len(parts)), Length: len([]rune(s.all))}
	for i, part := range parts {
		for _, one := range s.by {
			if in, ok := part.In(one.Value); ok {
				f.Counts[i] += in.Counts[0]
			}
		}
	}
	return f
}

// eachCustomer tells the customers who are found and may be seen, the newest
// first, from the number before on.
func (a *asked) eachCustomer(before int64, each func(someone) (more bool)) error {
	return a.eachRecord(ofCustomer, before, func(n int64, id string) (bool, error) {
		s := someone{n: n}
		var seen bool
		var err error
		if s.last, seen, err = a.maySee(id); err != nil || !seen {
			return true, err
		}
		s.who, err = customers.ByID(a.app, id)
		if errors.Is(err, sql.ErrNoRows) || err == nil && s.who.Merged() != "" {
			return true, nil // since it was indexed
		}
		if err != nil {
			return false, err
		}
		list, err := customers.SearchedOf(a.app, s.who)
		if err != nil {
			return false, err
		}
		if s.by = a.foundBy(list); s.by == nil {
			return true, nil
		}
		for _, one := range list {
			s.all += one.Value
		}
		return each(s), nil
	})
}

// maySee is whether the person may see a customer, as everywhere: by permission,
// or by a conversation that they may see. Their last such one comes along.
func (a *asked) maySee(customer string) (last *conversations.Conversation, seen bool, err error) {
	list, err := conversations.OfCustomerSeenBy(a.app, a.by, customer, "", 1)
	if err != nil {
		return nil, false, err
	}
	if len(list) > 0 {
		return list[0], true, nil
	}
	return nil, a.by.May(access.CustomersSee), nil
}

// eachRecord tells what the index of customers and notes has of a kind, the newest
// first.
func (a *asked) eachRecord(kind string, before int64, each func(n int64, id string) (more bool, err error)) error {
	if before == 0 {
		before = 1 << 62
	}
	return records(a.ctx, a, dbx.Params{"match": a.query.Match([]string{label(kind)}), "before": before}, each)
}

func records(ctx context.Context, a *asked, params dbx.Params, each func(n int64, id string) (bool, error)) error {
	rows, err := a.app.ConcurrentDB().NewQuery("SELECT r.n, r.record FROM record_words w CROSS JOIN record_numbers r ON r.n = w.rowid " +
		"WHERE record_words MATCH {:match} AND w.rowid < {:before} ORDER BY w.rowid DESC").Bind(params).WithContext(ctx).Rows()
	if err != nil {
		return fmt.Errorf("search records: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err tells
	for rows.Next() {
		var n int64
		var id string
		if err := rows.Scan(&n, &id); err != nil {
			return fmt.Errorf("reading what was found: %w", err)
		}
		if more, err := each(n, id); err != nil || !more {
			return err
		}
	}
	return rows.Err()
}

// foundBy is in what of a customer the terms are, nil where one is in nothing.
func (a *asked) foundBy(list []customers.Searched) []customers.Searched {
	has := make([]bool, len(list))
	for _, part := range a.query.Terms() {
		there := false
		for i, s := range list {
			if a.finds(part, s) {
				has[i], there = true, true
			}
		}
		if !there {
			return nil
		}
	}
	var by []customers.Searched
	for i, s := range list {
		if has[i] {
			by = append(by, s)
		}
	}
	return by
}

func (a *asked) finds(part terms.Query, s customers.Searched) bool {
	if s.Masked() {
		return a.personal(part, s)
	}
	_, ok := part.In(s.Value)
	return ok
}

// tailLeast is by how many digits of its end a number is found that the person
// may have shown to them.
const tailLeast = 4

// personal is whether what staff see masked is found. Who asks for one digit more
// each time would have read it all in the end: so it is found by what of it is
// shown, the last four of a phone number among it, or whole; by more of its end
// only by those who may have it shown to them anyway.
func (a *asked) personal(part terms.Query, s customers.Searched) bool {
	if _, shown := part.In(s.Shown); shown || strings.EqualFold(a.typed, s.Value) {
		return true
	}
	typed := part.Digits()
	if typed == "" {
		return false
	}
	number := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s.Value)
	if typed == number || len(typed) >= 7 && number == "86"+typed {
		return true
	}
	return a.by.May(access.CustomersReveal) && len(typed) >= tailLeast && strings.HasSuffix(number, typed)
}

// people shows customers.
func (a *asked) people(list []someone) []*Hit {
	hits := make([]*Hit, 0, len(list))
	names := a.names()
	for _, s := range list {
		who := names.person(s.who)
		h := &Hit{Kind: ofCustomer, ID: s.who.Id, Customer: who, Snippet: a.query.Snippet(who.Name)}
		if s.last != nil {
			h.Conversation, h.Time, h.Channel = s.last.ID, clock.Wire(s.last.Opened), names.channel(s.last.Channel)
			if s.last.Last != nil {
				h.Time = clock.Wire(s.last.Last.Time)
			}
		}
		for _, one := range s.by {
			if one.Shown != who.Name {
				h.Field = &field{one.Field, one.Label, a.query.Snippet(one.Shown)}
				break
			}
		}
		hits = append(hits, h)
	}
	return hits
}
