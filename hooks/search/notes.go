package search

import (
	"database/sql"
	"errors"
	"strconv"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
)

// Notes stand in two places: in conversations, among what was said, and with
// customers. Both are looked through at once and told in one order.

// noteFound is one of either kind.
type noteFound struct {
	seq  int64                       // of one in a conversation
	text string                      // of that one
	n    int64                       // of one about a customer
	note *customers.Note             // that one
	last *conversations.Conversation // of that customer, which the person may see
	at   string                      // when it was written
	fit  candidate
}

// notes is a page of staff's notes.
func (a *asked) notes() (Answer, error) {
	seq, err := a.number(0)
	if err != nil {
		return Answer{}, err
	}
	n, err := a.number(1)
	if err != nil {
		return Answer{}, err
	}
	if a.best {
		return a.bestNotes(seq, n)
	}
	list, err := a.bothNotes(seq, n, pageSize+1)
	if err != nil {
		return Answer{}, err
	}
	var out Answer
	if len(list) > pageSize {
		list = list[:pageSize]
		for _, one := range list { // the last of each kind is where it goes on
			seq, n = lower(seq, one.seq), lower(n, one.n)
		}
		if out.Next, err = a.mark(orEnd(seq), orEnd(n)); err != nil {
			return Answer{}, err
		}
	}
	out.Hits, err = a.showNotes(list)
	return out, err
}

// orEnd is a number that a page's mark can hold for "from the end".
func orEnd(n int64) int64 {
	if n == 0 {
		return 1 << 61
	}
	return n
}

func lower(a, b int64) int64 {
	if b == 0 || a != 0 && a < b {
		return a
	}
	return b
}

func (a *asked) bestNotes(seq, n int64) (Answer, error) {
	from, err := a.rankedFrom(2)
	if err != nil {
		return Answer{}, err
	}
	list, err := a.bothNotes(seq, n, rankedMost)
	if err != nil || from >= len(list) {
		return Answer{Hits: []*Hit{}}, err
	}
	if seq == 0 && n == 0 { // the first page: what is written meanwhile comes after it
		for _, one := range list {
			seq, n = max(seq, one.seq), max(n, one.n)
		}
		seq, n = seq+1, n+1
	}
	shares, err := a.shares()
	if err != nil {
		return Answer{}, err
	}
	candidates := make([]candidate, len(list))
	for i, one := range list {
		candidates[i] = one.fit
		candidates[i].seq = -int64(i) // its place by time
	}
	rank(candidates, shares)
	to := min(len(list), from+pageSize)
	var out Answer
	if to < len(list) {
		if out.Next, err = a.mark(orEnd(seq), orEnd(n)); err != nil {
			return Answer{}, err
		}
		out.Next += "." + strconv.Itoa(to)
	}
	var page []noteFound
	for _, c := range candidates[from:to] {
		page = append(page, list[-c.seq])
	}
	out.Hits, err = a.showNotes(page)
	return out, err
}

// bothNotes are the newest so many notes before two numbers, in order.
func (a *asked) bothNotes(seq, n int64, most int) ([]noteFound, error) {
	var said, about []noteFound
	found, err := a.newest(conversations.Sought{Query: a.query, Notes: true, Before: seq}, most)
	if err != nil {
		return nil, err
	}
	seqs := make([]int64, len(found))
	for i, h := range found {
		seqs[i] = h.Seq
		said = append(said, noteFound{seq: h.Seq, text: h.Text, fit: ranked(h.Seq, h.Found)})
	}
	entries, err := conversations.AtSeqs(a.app, seqs)
	if err != nil {
		return nil, err
	}
	times := map[int64]string{}
	for _, m := range entries {
		times[m.Seq] = clock.Wire(m.Time)
	}
	for i := range said {
		said[i].at = times[said[i].seq]
	}
	err = a.eachNote(n, func(one noteFound) bool {
		about = append(about, one)
		return len(about) < most
	})
	if err != nil {
		return nil, err
	}
	return merged(said, about, most), nil
}

// merged is two lists, each the newest first, as one.
func merged(one, other []noteFound, most int) []noteFound {
	var list []noteFound
	for len(list) < most && len(one)+len(other) > 0 {
		if len(other) == 0 || len(one) > 0 && one[0].at >= other[0].at {
			list, one = append(list, one[0]), one[1:]
		} else {
			list, other = append(list, other[0]), other[1:]
		}
	}
	return list
}

// eachNote tells the notes about customers that are found and may be seen, the
// newest first.
func (a *asked) eachNote(before int64, each func(noteFound) (more bool)) error {
	return a.eachRecord(ofNote, before, func(n int64, id string) (bool, error) {
		note, err := customers.NoteByID(a.app, id)
		if errors.Is(err, sql.ErrNoRows) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		found, there := a.query.In(note.Text())
		if !there {
			return true, nil
		}
		last, seen, err := a.maySee(note.Customer())
		if err != nil || !seen {
			return true, err
		}
		return each(noteFound{n: n, note: note, last: last, at: clock.Wire(note.Created().Time()), fit: ranked(n, found)}), nil
	})
}

func (a *asked) showNotes(list []noteFound) ([]*Hit, error) {
	var seqs []int64
	for _, one := range list {
		if one.seq != 0 {
			seqs = append(seqs, one.seq)
		}
	}
	entries, err := conversations.AtSeqs(a.app, seqs)
	if err != nil {
		return nil, err
	}
	hits, names := []*Hit{}, a.names()
	for _, one := range list {
		if one.note != nil {
			hits = append(hits, names.note(one))
			continue
		}
		for _, m := range entries {
			if m.Seq == one.seq {
				hits = append(hits, names.entry(m, one.text))
			}
		}
	}
	return hits, nil
}
