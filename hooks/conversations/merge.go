package conversations

import "github.com/pocketbase/dbx"

// The words of each commit are a part of the index of their own, and parts have to be
// merged: each is looked through for what is searched. Left to itself FTS5 does that
// in the commits that write them: nothing in sixty, and then some hundred pages at
// once, for which everybody waits 50 ms. So it is told not to, and the writer merges
// a little whenever nobody waits for it; where somebody always does, with what it
// commits.
const (
	mergeStep = 16 // pages, in some milliseconds
	partsSome = 8  // before it is worth the while
	partsMany = 12 // FTS5 merges by itself when there are 16 of a size
)

// mergeIdle merges until there is nothing to do, or something else.
func (t *timeline) mergeIdle() {
	for t.parts >= partsSome && len(t.jobs) == 0 {
		j := t.merging()
		if t.commit([]*job{j}); j.err != nil {
			return // the next change will tell
		}
	}
}

// andMerge adds it to a batch where it cannot wait any longer.
func (t *timeline) andMerge(batch []*job) []*job {
	if t.parts < partsMany {
		return batch
	}
	return append(batch, t.merging())
}

// merging is a step of it.
func (t *timeline) merging() *job {
	return &job{done: make(chan struct{}), run: func(tx *Tx) error {
		more, err := tx.mergePages(mergeStep)
		if err == nil && !more {
			t.parts = 0
		}
		return err
	}}
}

// mergePages merges so many pages of the index, and tells whether there are more;
// where it is less than none, it begins to make one part of all.
func (tx *Tx) mergePages(pages int) (more bool, err error) {
	before, err := tx.written()
	if err != nil {
		return false, err
	}
	if err = tx.exec("INSERT INTO message_words (message_words, rank) VALUES ('merge', {:pages})", dbx.Params{"pages": pages}); err != nil {
		return false, err
	}
	after, err := tx.written()
	return after-before >= 2, err // fewer is how FTS5 says that it is done
}
