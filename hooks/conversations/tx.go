package conversations

import (
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/queries"
)

// shared is what the changes of one batch have in common: the transaction, its
// prepared statements and the timeline's counter.
type shared struct {
	app        core.App
	prepared   *queries.Prepared
	seq, saved int64
	supposed   bool // saved is where the last batch has left the counter; nobody has looked
	kept       *kept
	alone      bool      // nobody else has written since the last batch
	words      []wordsOf // of what the changes so far have added
	indexes    bool      // something of it writes to the index
	careful    bool      // each change in a savepoint of its own
}

// openShared begins a batch. What is kept from the last one counts as long as
// nobody else has written: it supposes so, and finds out when it moves the counter
// on. After a batch that came to nothing it looks.
func openShared(app core.App, kept *kept) (s *shared, err error) {
	s = &shared{app: app, prepared: queries.Prepare(app.NonconcurrentDB()), kept: kept, supposed: kept.known}
	if s.supposed {
		s.saved, s.alone = kept.seq, true
	} else {
		if s.saved, err = s.counter(); err != nil {
			return nil, err
		}
		s.alone = kept.at(s.saved)
	}
	s.seq = s.saved
	return s, nil
}

// counter is where the timeline's counter stands.
func (s *shared) counter() (last int64, err error) {
	if err = s.query("SELECT last FROM sequence WHERE id = 1", nil).Row(&last); err != nil {
		return 0, fmt.Errorf("reading the counter: %w", err)
	}
	return last, nil
}

func (s *shared) close() { s.prepared.Close() }

// query is a statement of this transaction, prepared on its first use in the batch.
func (s *shared) query(text string, params dbx.Params) queries.Query {
	return s.prepared.Query(text, params)
}

func (s *shared) exec(text string, params dbx.Params) error {
	_, err := s.query(text, params).Execute()
	return err
}

// take takes over what a change leaves to its batch.
func (s *shared) take(tx *Tx) {
	s.words = append(s.words, tx.words...)
	s.kept.follow(tx.changes())
}

// finish writes what all changes of the batch share.
func (s *shared) finish() error {
	s.kept.seq = s.seq
	if s.seq == s.saved {
		if !s.supposed {
			return nil
		}
		last, err := s.counter()
		if err == nil && last != s.saved {
			err = errSpoiled
		}
		return err
	}
	done, err := s.query("UPDATE sequence SET last = {:last} WHERE id = 1 AND last = {:saved}", dbx.Params{"last": s.seq, "saved": s.saved}).Execute()
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, errSpoiled)
	}
	return nil
}

// change begins one.
func (s *shared) change() *Tx {
	return &Tx{App: s.app, Now: clock.Now(s.app).UTC().Truncate(time.Millisecond), shared: s, touched: map[string]*touched{}}
}

// errSpoiled says that a change was refused when it had written already, or that
// somebody else has written: what the batch has written so far is good for nothing.
var errSpoiled = errors.New("the batch is to be done again, carefully")

// attempt runs one change. A refusal is the change's own; the returned error is a
// fault of the storage that spoils the batch, or [errSpoiled].
func (s *shared) attempt(j *job) error {
	if s.careful {
		return s.attemptApart(j)
	}
	seq, before := s.seq, queries.Writes()
	if err := s.run(j); err != nil || j.err == nil {
		return err
	}
	s.seq = seq
	if queries.Writes() != before { // it may have been somebody else who wrote
		return errSpoiled
	}
	return nil
}

// attemptApart runs one change in a savepoint, which undoes what a refused one has
// written. It has SQLite copy every page that the change is the first to touch.
func (s *shared) attemptApart(j *job) error {
	seq := s.seq
	if err := s.exec("SAVEPOINT change", nil); err != nil {
		return err
	}
	if err := s.run(j); err != nil {
		return err
	}
	if j.err != nil {
		s.seq = seq
		if err := s.exec("ROLLBACK TO change", nil); err != nil {
			return err
		}
	}
	return s.exec("RELEASE change", nil)
}

// run runs a change and keeps what it leaves to the batch. It returns a fault of
// the storage.
func (s *shared) run(j *job) error {
	j.tx = s.change()
	j.err = guarded(j)
	if j.err == nil {
		s.take(j.tx)
		return nil
	}
	if fail.Of(j.err).Kind.Retry() && isStorage(j.err) {
		return j.err
	}
	return nil
}

func guarded(j *job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			slog.Error("a change panicked", "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("change panicked: %v", p)
		}
	}()
	if err := j.run(j.tx); err != nil {
		return err
	}
	return j.tx.flush()
}

func isStorage(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff != sqlite3.SQLITE_CONSTRAINT
}

func isIOError(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == sqlite3.SQLITE_IOERR
}

// Tx is one change being made. Its App may save records that belong into the
// same commit; a change that has saved one must not fail afterwards, because
// PocketBase's after-commit hooks know no savepoints.
type Tx struct {
	App core.App
	Now time.Time // UTC, whole milliseconds

	*shared
	entries []*Message
	told    []Change // of others' commits, see tellInTurn
	words   []wordsOf
	touched map[string]*touched
	order   []string
}

// touched is a conversation as it was, nil where it was not, and as it is going
// to be, nil where it stays.
type touched struct{ before, now *Conversation }

// Query is a statement of this commit, which is prepared once for all changes in it.
func (tx *Tx) Query(text string, params dbx.Params) queries.Query { return tx.query(text, params) }

// next draws a number of the timeline.
func (tx *Tx) next() int64 {
	tx.seq++
	return tx.seq
}

// Conversation loads one for change; [fail.NotFound] where there is none, said
// of the same field as where it is not the asker's to see.
func (tx *Tx) Conversation(id string) (*Conversation, error) {
	if c := tx.kept.byID[id]; c != nil {
		return tx.touch(c), nil
	}
	c, err := tx.oneConversation("id = {:v}", id)
	if f, ok := errors.AsType[*fail.Error](err); ok {
		err = f.On("conversation")
	}
	return c, err
}

// unclosed is the contact's conversation that is not closed; nil without one.
func (tx *Tx) unclosed(contact string) (*Conversation, error) {
	if c := tx.kept.unclosed[contact]; c != nil {
		return tx.touch(c), nil
	}
	c, err := tx.oneConversation("contact = {:v} AND status != 'closed'", contact)
	if fail.Of(err).Kind == fail.NotFound {
		return nil, nil //nolint:nilnil // none is an ordinary answer here
	}
	return c, err
}

func (tx *Tx) oneConversation(where, value string) (*Conversation, error) {
	rows, err := tx.query("SELECT "+conversationColumns+" FROM conversations WHERE "+where, dbx.Params{"v": value}).Rows() //nolint:rowserrcheck // scanConversations checks
	if err != nil {
		return nil, err
	}
	list, err := scanConversations(rows)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fail.New(fail.NotFound, "fail.not_found").Because(sql.ErrNoRows)
	}
	return tx.touch(list[0]), nil
}

// touch makes c, as it is in the database, one that this change may change: what
// it has made of it so far, where it has.
func (tx *Tx) touch(c *Conversation) *Conversation {
	t := tx.touched[c.ID]
	switch {
	case t == nil:
		tx.touched[c.ID] = &touched{before: c}
	case t.now != nil:
		return t.now
	}
	return c.clone()
}

// Save keeps c as it is when the change ends; what happens to c until then is
// kept, too.
func (tx *Tx) Save(c *Conversation) {
	t := tx.touched[c.ID]
	if t == nil {
		t = &touched{}
		tx.touched[c.ID] = t
	}
	if t.now == nil {
		tx.order = append(tx.order, c.ID)
	}
	t.now = c
}

// flush lets features have their say about what has changed, see [OnChange],
// and writes it.
func (tx *Tx) flush() error {
	for said := 0; said < len(tx.order); { // a handler may touch more
		t := tx.touched[tx.order[said]]
		said++
		e := &ChangeEvent{Tx: tx, Before: t.before, After: t.now}
		for _, m := range tx.entries {
			if m.Conversation == t.now.ID {
				e.Entries = append(e.Entries, m)
			}
		}
		if err := of(tx.App).changing.Trigger(e); err != nil {
			return fmt.Errorf("what belongs to a change of %s: %w", t.now.ID, err)
		}
	}
	for _, id := range tx.order {
		t := tx.touched[id]
		t.now.Rev = tx.next()
		if err := tx.keep(t); err != nil {
			return err
		}
	}
	return nil
}

// keep writes the row of a conversation that was touched.
func (tx *Tx) keep(t *touched) error {
	if t.before == nil {
		return tx.exec(insertConversation, t.now.params())
	}
	return tx.exec(updateOf(t.before, t.now))
}

func (tx *Tx) changes() []Change {
	list := make([]Change, 0, len(tx.order))
	for _, id := range tx.order {
		list = append(list, Change{Before: tx.touched[id].before, After: tx.touched[id].now})
	}
	return append(list, tx.told...)
}
