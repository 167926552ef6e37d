package conversations

import (
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// freshMost is up to how many entries wait for their words to be put into the index.
// Each commit that writes to it makes a part of it, and parts have to be merged: with
// every word that was half of what a commit cost. They are put there with the commit
// that makes them so many, each second, and before anybody searches.
const freshMost = 128

// fresh are the words of what was said last. The database knows up to which number
// all are in the index: what is missing after a crash is read from the entries.
type fresh struct {
	words []wordsOf
	whole bool        // they are all that are missing
	some  atomic.Bool // whether any may be missing, for who looks for them; the rest is the writer's own
}

func newFresh() *fresh {
	f := &fresh{}
	f.some.Store(true) // it is not known yet
	return f
}

// lose is for when somebody else has written, or nobody knows.
func (f *fresh) lose() {
	f.words, f.whole = nil, false
	f.some.Store(true)
}

// follow takes over what a commit leaves.
func (f *fresh) follow(s *shared) {
	if s.indexed {
		f.words, f.whole = nil, true
		f.some.Store(false)
		return
	}
	f.words = append(f.words, s.words...)
	if len(f.words) > 0 {
		f.some.Store(true)
	}
}

// indexNow has all words put into the index by the commit that this change is part of.
func (tx *Tx) indexNow() error {
	tx.indexing = true
	return nil
}

// Index puts what was said last into the index, where that has not been done yet.
func Index(app core.App) error {
	if !of(app).fresh.some.Load() {
		return nil
	}
	return Write(app, (*Tx).indexNow)
}

// indexFresh does that.
func (s *shared) indexFresh() error {
	add := s.indexMissing
	if s.fresh.whole {
		add = s.indexKnown
	}
	if err := add(); err != nil {
		return err
	}
	s.indexed = true
	return s.indexedUpTo(s.seq)
}

// indexKnown leaves out what was withdrawn meanwhile.
func (s *shared) indexKnown() error {
	list := slices.Concat(s.fresh.words, s.words)
	if len(list) == 0 {
		return nil
	}
	standing, err := s.standing(list[0].seq)
	if err != nil {
		return fmt.Errorf("what still stands: %w", err)
	}
	for _, w := range list {
		if !standing[w.seq] {
			continue
		}
		if err := s.addWords(w); err != nil {
			return err
		}
	}
	return nil
}

// indexMissing reads what was said since from the timeline.
func (s *shared) indexMissing() error {
	var upto int64
	if err := s.query("SELECT upto FROM words_from WHERE id = 1", nil).Row(&upto); err != nil {
		return fmt.Errorf("how far the index goes: %w", err)
	}
	for {
		list, err := s.messages(messageColumns+" FROM messages WHERE seq > {:after} ORDER BY seq LIMIT {:most}", dbx.Params{"after": upto, "most": freshMost})
		if err != nil {
			return err
		}
		if err = s.addEntries(list); err != nil {
			return err
		}
		if len(list) < freshMost {
			return nil
		}
		upto = list[len(list)-1].Seq
	}
}

// standing are the entries from a number on that were not withdrawn.
func (s *shared) standing(first int64) (map[int64]bool, error) {
	rows, err := s.query("SELECT seq FROM messages WHERE seq >= {:first} AND recalled = FALSE ORDER BY seq", dbx.Params{"first": first}).Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	list := map[int64]bool{}
	for rows.Next() {
		var seq int64
		if err := rows.Scan(&seq); err != nil {
			return nil, err
		}
		list[seq] = true
	}
	return list, rows.Err()
}

func (s *shared) addEntries(list []*Message) error {
	for _, m := range list {
		if w, some := m.words(s.app); some && !m.Recalled {
			if err := s.addWords(w); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *shared) indexedUpTo(seq int64) error {
	return s.exec("UPDATE words_from SET upto = {:seq} WHERE id = 1", dbx.Params{"seq": seq})
}
