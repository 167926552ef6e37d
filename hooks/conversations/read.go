package conversations

import (
	"log/slog"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// marksEvery is the pause between two savings of read marks: a mark is durable
// within 2 s, and a reader who scrolls costs one commit, not fifty.
const marksEvery = 500 * time.Millisecond

// marks collects the read marks that are not saved yet.
type marks struct {
	mu      sync.Mutex
	waiting map[markKey]int64
	armed   bool
}

type markKey struct {
	conversation string
	by           AuthorKind // FromVisitor, or FromStaff for the assignee
}

// Read notes that by (the visitor, or the assignee) has read the conversation up
// to seq. It returns at once; the mark is durable within 2 s and only moves
// forward. The caller has checked that the conversation is by's.
func Read(app core.App, conversation string, by AuthorKind, seq int64) {
	t := of(app)
	t.marks.mu.Lock()
	defer t.marks.mu.Unlock()
	if t.marks.waiting == nil {
		t.marks.waiting = map[markKey]int64{}
	}
	key := markKey{conversation, by}
	t.marks.waiting[key] = max(t.marks.waiting[key], seq)
	if !t.marks.armed {
		t.marks.armed = true
		time.AfterFunc(marksEvery, t.flushMarks)
	}
}

// flushMarks saves what has been read. What waits is taken when the turn has come:
// whoever marks something unread before that has it behind them, not before them.
func (t *timeline) flushMarks() {
	if t.marks.none() {
		return
	}
	var waiting map[markKey]int64
	err := t.write(nil, func(tx *Tx) error {
		if waiting == nil { // it may be asked once more
			waiting = t.marks.takeAll()
		}
		return tx.markAll(waiting)
	})
	if err != nil && waiting == nil {
		waiting = t.marks.takeAll() // it never came to its turn
	}
	if err != nil {
		t.saveLater(waiting, err)
	}
}

// saveLater is for marks that were not saved. What passes by itself keeps them for the
// next time; of what does not, only the mark that it lies in is lost, and does not hold
// up the others for ever.
func (t *timeline) saveLater(waiting map[markKey]int64, err error) {
	select {
	case <-t.quit:
		return // clients tell them again when they are back
	default:
	}
	slog.Warn("read marks were not saved", "marks", len(waiting), "error", err)
	kind := fail.Of(err).Kind
	again := kind.Retry() && kind != fail.Internal
	if !again && len(waiting) == 1 {
		return // it is the one
	}
	for key, seq := range waiting {
		if again {
			Read(t.app, key.conversation, key.by, seq)
			continue
		}
		one := map[markKey]int64{key: seq}
		if err := t.write(nil, func(tx *Tx) error { return tx.markAll(one) }); err != nil {
			t.saveLater(one, err)
		}
	}
}

func (tx *Tx) markAll(waiting map[markKey]int64) error {
	for key, seq := range waiting {
		err := tx.mark(key, seq)
		if err != nil && fail.Of(err).Kind != fail.NotFound { // what was erased meanwhile nobody reads any more
			return err
		}
	}
	return nil
}

func (tx *Tx) mark(key markKey, seq int64) error {
	c, err := tx.Conversation(key.conversation)
	if err != nil {
		return err
	}
	seq = min(seq, c.LastSeq)
	if key.by == FromVisitor {
		if seq <= c.ReadVisitor {
			return nil
		}
		c.ReadVisitor = seq
		tx.Save(c)
		return nil
	}
	if seq <= c.readFrom() {
		return nil
	}
	c.ReadStaff, c.UnreadAfter = max(seq, c.ReadStaff), 0
	if err := tx.countUnread(c); err != nil {
		return err
	}
	tx.Save(c)
	return nil
}

// readFrom is the entry after which everything is unread to the assignee: their
// mark, or where they want to read again.
func (c *Conversation) readFrom() int64 {
	if c.UnreadAfter > 0 {
		return c.UnreadAfter
	}
	return c.ReadStaff
}

// countUnread counts the visitor's messages that are unread to the assignee.
func (tx *Tx) countUnread(c *Conversation) error {
	return tx.query("SELECT COUNT(*) FROM messages WHERE conversation = {:id} AND seq > {:mark} AND sender = {:visitor} AND kind != 'event' AND recalled = FALSE",
		dbx.Params{"id": c.ID, "mark": c.readFrom(), "visitor": string(FromVisitor) + ":" + c.Contact}).Row(&c.Unread)
}
