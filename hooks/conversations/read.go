package conversations

import (
	"log/slog"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
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

// flushMarks saves what has been read. What cannot be saved now is kept for
// the next time.
func (t *timeline) flushMarks() {
	t.marks.mu.Lock()
	waiting := t.marks.waiting
	t.marks.waiting, t.marks.armed = nil, false
	t.marks.mu.Unlock()
	if len(waiting) == 0 {
		return
	}
	err := t.write(nil, func(tx *Tx) error {
		for key, seq := range waiting {
			if err := tx.mark(key, seq); err != nil {
				return err
			}
		}
		return nil
	})
	select {
	case <-t.quit:
		return // clients tell them again when they are back
	default:
	}
	if err == nil {
		return
	}
	slog.Warn("read marks are kept for later", "error", err)
	for key, seq := range waiting {
		Read(t.app, key.conversation, key.by, seq)
	}
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
