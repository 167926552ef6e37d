package conversations

import (
	"log/slog"
	"time"

	"github.com/pocketbase/dbx"
)

// What a commit puts into the index is a part of it of its own, and parts have to be
// merged: each is looked through for what is searched. Left to itself FTS5 does that
// in the commits that write them: nothing in sixty of them, and then some hundred
// pages at once, for which everybody waits 50 ms. So it is told not to, and the writer
// merges a little whenever nobody waits for it, and a little in between where somebody
// always does.
const (
	mergeStep = 16 // pages, in some milliseconds
	partsSome = 8  // before it is worth the while
	partsMany = 12 // FTS5 merges by itself when there are 16 of a size
)

// tidy merges until there is nothing to do, or something else. It goes into no commit
// of anybody's: an index that cannot be merged must not keep words from being stored.
func (t *timeline) tidy() {
	for t.parts >= partsSome && t.ready() == nil {
		pages, waited := mergeStep, len(t.jobs) > 0
		if waited && t.parts < partsMany {
			return
		}
		if waited {
			pages *= 2
		}
		more, err := t.merge(pages)
		if !more {
			t.parts = 0
		}
		if err != nil { // it is tried again when there is more to merge
			if _, tell := t.untidy.fault(time.Now(), 0); tell {
				slog.Error("merging the index failed", "error", err)
			}
			return
		}
		if waited {
			return
		}
	}
}

// merge merges so many pages in a commit of its own, and tells whether there are more.
func (t *timeline) merge(pages int) (more bool, err error) {
	err = t.byItself(func(tx *Tx) (err error) { more, err = tx.merge(pages); return err })
	return more && err == nil, err
}

// merge merges so many pages of the index, and tells whether there are more; where it
// is less than none, it begins to make one part of all.
func (tx *Tx) merge(pages int) (more bool, err error) {
	before, err := tx.rowsWritten()
	if err != nil {
		return false, err
	}
	if err = tx.exec("INSERT INTO message_words (message_words, rank) VALUES ('merge', {:pages})", dbx.Params{"pages": pages}); err != nil {
		return false, err
	}
	after, err := tx.rowsWritten()
	return after-before >= 2, err // fewer is how FTS5 says that it is done
}

// rowsWritten is how many rows this connection has ever written.
func (s *shared) rowsWritten() (n int64, err error) {
	err = s.query("SELECT total_changes()", nil).Row(&n)
	return n, err
}
