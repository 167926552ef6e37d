package conversations

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

const (
	// freshSome is how many entries wait for their words to be put into the index. Each
	// commit that writes to it makes a part of it, and parts have to be merged: with
	// every word that was half of what a commit cost. They are put there when there are
	// so many, each second, and before anybody searches.
	freshSome = 128
	// freshMany is how many do where somebody always waits for the writer, and how many
	// are read from the timeline for one commit: it takes some ten milliseconds.
	freshMany = 1000
	// indexWait is how long who searches waits for it: then they are shown what there is.
	indexWait = 300 * time.Millisecond
)

// fresh are the words of what was said last. The database says up to which number
// all words are in the index: what is missing after a crash is read from the
// timeline.
type fresh struct {
	words []wordsOf // the writer's own, as whole
	whole bool      // they are all that are missing
	// some says whether any may be missing, as far as this process knows: what another
	// one leaves behind that is killed is found with this one's next.
	some atomic.Bool
}

func newFresh() *fresh {
	f := &fresh{}
	f.some.Store(true) // it is not known yet
	return f
}

// many reports whether it is time to put them there, where somebody waits meanwhile
// or nobody does.
func (f *fresh) many(somebody bool) bool {
	return len(f.words) >= freshMany || len(f.words) >= freshSome && !somebody
}

// add takes over what a commit has added.
func (f *fresh) add(words []wordsOf) {
	f.words = append(f.words, words...)
	if len(words) > 0 {
		f.some.Store(true)
	}
}

// lose is for when somebody else has written, or nobody knows.
func (f *fresh) lose() {
	f.words, f.whole = nil, false
	f.some.Store(true)
}

// Index puts what was said last into the index, where that has not been done yet, and
// returns when it is there, or ctx has ended. It is tried again each second where it
// could not be done.
func Index(ctx context.Context, app core.App) error {
	t := of(app)
	for more := t.fresh.some.Load(); more; {
		var err error
		if more, err = t.indexSome(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (t *timeline) indexSome(ctx context.Context) (more bool, err error) {
	if err = t.ready(); err != nil {
		return false, err
	}
	j := &job{run: func(*Tx) error { return nil }, index: true, done: make(chan struct{})}
	if err = t.queue(j); err != nil {
		return false, err
	}
	select {
	case <-j.done:
		return j.more, j.err
	case <-ctx.Done():
		j.given.CompareAndSwap(false, true) // where it has not begun, it never will
		return false, fail.New(fail.Busy, "fail.busy").In(time.Second)
	}
}

// indexed is [Index] for who searches: a writer that cannot write, or is busy, keeps
// nobody from finding what there is.
func indexed(ctx context.Context, app core.App) {
	ctx, cancel := context.WithTimeout(ctx, indexWait)
	defer cancel()
	err := Index(ctx, app)
	if f, ok := errors.AsType[*fail.Error](err); ok && (f.Kind.Retry() || f.Kind == fail.Full) {
		return
	}
	if err != nil {
		app.Logger().Warn("what was said last is not found", "error", err)
	}
}

// index puts what is missing into the index, in a commit of its own: an index that
// cannot be written must not keep words from being stored. It tells whether there is
// more.
func (t *timeline) index() (more bool, err error) {
	var upto int64
	err = t.byItself(func(tx *Tx) (err error) {
		upto, err = tx.indexFresh(t.fresh)
		return err
	})
	if err != nil {
		t.fresh.lose()
		if _, tell := t.untidy.fault(time.Now(), 0); tell {
			slog.Error("the index was not written", "error", err)
		}
		return false, err
	}
	more = upto > 0
	t.fresh.words, t.fresh.whole = nil, !more
	t.fresh.some.Store(more)
	return more, nil
}

// indexFresh does it in a transaction. It returns where it has stopped, 0 where
// nothing is missing any more.
func (s *shared) indexFresh(f *fresh) (upto int64, err error) {
	if !f.whole {
		return s.indexMissing()
	}
	if len(f.words) == 0 {
		return 0, nil
	}
	standing, err := s.standing(f.words[0].seq)
	if err != nil {
		return 0, fmt.Errorf("what still stands: %w", err)
	}
	var list []wordsOf
	for _, w := range f.words {
		if standing[w.seq] {
			list = append(list, w)
		}
	}
	if err = s.addWords(list); err != nil {
		return 0, err
	}
	return 0, s.indexedUpTo(s.seq)
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

// indexMissing reads what is missing from the timeline, so much at a time.
func (s *shared) indexMissing() (upto int64, err error) {
	var after int64
	if err = s.query("SELECT upto FROM words_from WHERE id = 1", nil).Row(&after); err != nil {
		return 0, fmt.Errorf("how far the index goes: %w", err)
	}
	list, err := s.messages(messageColumns+" FROM messages WHERE seq > {:after} ORDER BY seq LIMIT {:most}", dbx.Params{"after": after, "most": freshMany})
	if err == nil {
		err = s.addWords(s.wordsOf(list))
	}
	if err != nil {
		return 0, err
	}
	end := s.seq
	if len(list) == freshMany {
		upto = list[len(list)-1].Seq
		end = upto
	}
	if end == after {
		return upto, nil
	}
	return upto, s.indexedUpTo(end)
}

// wordsOf are what entries are found by that were not withdrawn.
func (s *shared) wordsOf(list []*Message) (all []wordsOf) {
	for _, m := range list {
		if w, some := m.words(s.app); some && !m.Recalled {
			all = append(all, w)
		}
	}
	return all
}

// indexedUpTo says that all entries up to a number have their words.
func (s *shared) indexedUpTo(seq int64) error {
	return s.exec("UPDATE words_from SET upto = {:seq} WHERE id = 1", dbx.Params{"seq": seq})
}
