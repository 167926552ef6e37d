package search

import (
	"strconv"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

// messages is a page of what was said.
func (a *asked) messages() (Answer, error) {
	if a.best {
		return a.bestMessages()
	}
	before, err := a.number(0)
	if err != nil {
		return Answer{}, err
	}
	found, err := a.newest(conversations.Sought{Query: a.query, Before: before}, pageSize+1)
	if err != nil {
		return Answer{}, err
	}
	var out Answer
	if len(found) > pageSize {
		found = found[:pageSize]
		if out.Next, err = a.mark(found[pageSize-1].Seq); err != nil {
			return Answer{}, err
		}
	}
	out.Hits, err = a.show(found)
	return out, err
}

// newest are the first so many hits.
func (a *asked) newest(s conversations.Sought, most int) ([]conversations.Hit, error) {
	var list []conversations.Hit
	err := conversations.Find(a.ctx, a.app, a.by, s, func(h conversations.Hit) bool {
		list = append(list, h)
		return len(list) < most
	})
	return list, err
}

// bestMessages ranks the newest hits, as they were when the first page was asked
// for: what is said meanwhile must not shift the next one.
func (a *asked) bestMessages() (Answer, error) {
	end, err := a.number(0)
	if err != nil {
		return Answer{}, err
	}
	from, err := a.rankedFrom(1)
	if err != nil {
		return Answer{}, err
	}
	var list []candidate
	err = conversations.Find(a.ctx, a.app, a.by, conversations.Sought{Query: a.query, Before: end}, func(h conversations.Hit) bool {
		list = append(list, ranked(h.Seq, h.Found))
		return len(list) < rankedMost
	})
	if err != nil || from >= len(list) {
		return Answer{Hits: []*Hit{}}, err
	}
	if end == 0 {
		end = list[0].seq + 1
	}
	shares, err := a.shares()
	if err != nil {
		return Answer{}, err
	}
	rank(list, shares)
	return a.rankedPage(list, from, end)
}

func (a *asked) rankedPage(list []candidate, from int, end int64) (out Answer, err error) {
	to := min(len(list), from+pageSize)
	if to < len(list) {
		if out.Next, err = a.mark(end); err != nil {
			return Answer{}, err
		}
		out.Next += "." + strconv.Itoa(to)
	}
	seqs := make([]int64, 0, pageSize)
	for _, c := range list[from:to] {
		seqs = append(seqs, c.seq)
	}
	entries, err := conversations.AtSeqs(a.app, seqs)
	if err != nil {
		return Answer{}, err
	}
	out.Hits = []*Hit{}
	names := a.names()
	for _, m := range entries {
		out.Hits = append(out.Hits, names.entry(m, m.Said(a.app)))
	}
	return out, nil
}

// shares is how common each term is; of one alone it does not matter.
func (a *asked) shares() ([]float64, error) {
	list := a.query.Terms()
	shares := make([]float64, len(list))
	if len(list) == 1 {
		return shares, nil
	}
	for i, t := range list {
		share, err := conversations.Share(a.app, t)
		if err != nil {
			return nil, err
		}
		shares[i] = share
	}
	return shares, nil
}

// thread is all that is found in what was said with a contact, notes and all, the
// newest first.
func (a *asked) thread(contact string) (Answer, error) {
	before, err := a.number(0)
	if err != nil {
		return Answer{}, err
	}
	found, err := a.newest(conversations.Sought{Query: a.query, In: contact, Before: before}, threadMost+1)
	if err != nil {
		return Answer{}, err
	}
	var out Answer
	if len(found) > threadMost {
		found = found[:threadMost]
		if out.Next, err = a.mark(found[threadMost-1].Seq); err != nil {
			return Answer{}, err
		}
	}
	out.Hits, err = a.show(found)
	return out, err
}

// show reads the entries of hits again, whole.
func (a *asked) show(found []conversations.Hit) ([]*Hit, error) {
	seqs := make([]int64, len(found))
	texts := make(map[int64]string, len(found))
	for i, h := range found {
		seqs[i], texts[h.Seq] = h.Seq, h.Text
	}
	entries, err := conversations.AtSeqs(a.app, seqs)
	if err != nil {
		return nil, err
	}
	list := make([]*Hit, 0, len(entries))
	names := a.names()
	for _, m := range entries {
		list = append(list, names.entry(m, texts[m.Seq]))
	}
	return list, nil
}
