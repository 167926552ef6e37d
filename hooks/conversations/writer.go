package conversations

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/files"
)

const (
	batchMost = 128
	// waitMost is how long a caller waits for its commit. The connection itself
	// waits 2 s for a lock, and a client gives up after 8 s.
	waitMost = 4 * time.Second
	// stopPriority lies after the sockets have drained (-10000) and before the
	// database closes.
	stopPriority = -5000
)

// timeline is the one writer: a goroutine that commits whatever has arrived
// while it was committing, and one behind it that tells what was committed.
type timeline struct {
	app       core.App
	changing  *hook.Hook[*ChangeEvent]
	committed *hook.Hook[*Committed]
	promised  *hook.Hook[*PromisedEvent]
	looking   *hook.Hook[*LookEvent]
	keys      atomic.Pointer[cursors]
	marks     marks
	kept      *kept // the writer's own
	fresh     *fresh
	parts     int // of the index that are to be merged, about; the writer's own

	start  sync.Once
	ending sync.Once
	ended  sync.Once
	jobs   chan *job
	news   chan *Committed
	quit   chan struct{}
	writer sync.WaitGroup // the goroutine that commits
	teller sync.WaitGroup // the one that tells
	idle   chan struct{}  // closed when nothing more will be committed
	// broken is set when a commit failed in the disk: what was written then is
	// unknown, and a later fsync may succeed without it. Only a restart reads
	// the truth.
	broken atomic.Bool
	told   quiet // faults that were logged
	untidy quiet // likewise, of merging
}

type job struct {
	run  func(*Tx) error
	tx   *Tx
	err  error
	done chan struct{}
	// index is set where it waits for the index, too; more says that it is not all there.
	index, more bool
	// owed is told where it fails, too: somebody else has committed it.
	owed []Change
	// given is set by the caller that gave up, or by the writer that began.
	given atomic.Bool
}

func newTimeline(app core.App) *timeline {
	return &timeline{app: app, changing: &hook.Hook[*ChangeEvent]{}, committed: &hook.Hook[*Committed]{}, promised: &hook.Hook[*PromisedEvent]{}, kept: newKept(), fresh: newFresh(), looking: &hook.Hook[*LookEvent]{}, jobs: make(chan *job, 4096), news: make(chan *Committed, 256), quit: make(chan struct{}), idle: make(chan struct{})}
}

// Write runs change inside the writer's transaction and returns after the commit is
// on the disk. What change returns as an error undoes its own writes and nothing
// else. It may be run more than once, of which the last run counts. A locked or full disk, or a queue that
// does not move, is a [fail.Busy] or [fail.Full]; a commit that the caller no
// longer waited for may still have happened, which the next try with the same id
// will find out.
func Write(app core.App, change func(*Tx) error) error { return write(app, nil, change) }

// write is [Write], and calls queued, where there is one, once the change stands in
// the queue.
func write(app core.App, queued func(), change func(*Tx) error) error {
	if app.IsTransactional() {
		return errors.New("conversations.Write inside a transaction would wait for itself")
	}
	return of(app).write(queued, change)
}

func (t *timeline) write(queued func(), change func(*Tx) error) error {
	if err := t.ready(); err != nil {
		return err
	}
	j := &job{run: change, done: make(chan struct{})}
	if err := t.queue(j); err != nil {
		return err
	}
	if queued != nil {
		queued()
	}
	return t.wait(j)
}

// ready refuses changes where none can be made.
func (t *timeline) ready() error {
	if t.broken.Load() {
		return fail.New(fail.Busy, "fail.busy").In(5 * time.Second)
	}
	if files.Scarce(t.app) { // what is left is for whoever makes room
		return fail.New(fail.Full, "fail.full").In(5 * time.Second)
	}
	select {
	case <-t.quit:
		return fail.New(fail.Draining, "fail.draining").In(time.Second)
	default:
		return nil
	}
}

func (t *timeline) queue(j *job) error {
	t.start.Do(t.begin)
	select {
	case t.jobs <- j:
		return nil
	case <-t.quit:
		return fail.New(fail.Draining, "fail.draining").In(time.Second)
	default:
		return fail.New(fail.Busy, "fail.busy").In(time.Second)
	}
}

// wait waits for the commit of j, and gives up where it has not begun in time.
func (t *timeline) wait(j *job) error {
	limit := time.NewTimer(waitMost)
	defer limit.Stop()
	select {
	case <-j.done:
		return j.err
	case <-limit.C:
		if j.given.CompareAndSwap(false, true) {
			return fail.New(fail.Busy, "fail.busy").In(time.Second) // it had not begun and never will
		}
	}
	<-j.done
	return j.err
}

func (t *timeline) begin() {
	t.writer.Add(1)
	t.teller.Add(1)
	go t.commitAll()
	go t.tellAll()
}

// stop commits what has been accepted and ends both goroutines.
func (t *timeline) stop(e *core.TerminateEvent) error {
	t.flushMarks()
	t.start.Do(func() {}) // never started: then it will not start any more
	t.ending.Do(func() { close(t.quit) })
	t.writer.Wait()
	t.ended.Do(func() { close(t.idle) })
	t.teller.Wait()
	return e.Next()
}

func (t *timeline) commitAll() {
	defer t.writer.Done()
	for {
		select {
		case j := <-t.jobs:
			t.commit(t.gather(j))
			t.tidy()
		case <-t.quit:
			for {
				select {
				case j := <-t.jobs:
					t.commit(t.gather(j))
				default:
					t.leave()
					return
				}
			}
		}
	}
}

// leave leaves nothing out of the index; what it cannot put there the next start does.
func (t *timeline) leave() {
	if len(t.fresh.words) > 0 && !t.broken.Load() {
		_, _ = t.index() // it has said so
	}
}

// gather takes what else waits, without waiting for more.
func (t *timeline) gather(first *job) []*job {
	batch := []*job{first}
	for len(batch) < batchMost {
		select {
		case j := <-t.jobs:
			batch = append(batch, j)
		default:
			return batch
		}
	}
	return batch
}

func (t *timeline) commit(batch []*job) {
	var taken []*job
	for _, j := range batch {
		if j.given.CompareAndSwap(false, true) {
			taken = append(taken, j)
		} else {
			close(j.done)
		}
	}
	news, ran, err := t.together(taken)
	if err != nil {
		t.failed(err, ran, taken)
		return
	}
	if len(news.Entries)+len(news.Changes) > 0 {
		t.announce(news)
	}
	wanted := t.fresh.many(len(t.jobs) > 0)
	for _, j := range taken {
		if wanted = wanted || j.index; !j.index {
			t.end(j)
		}
	}
	if !wanted {
		return
	}
	more, err := t.index()
	for _, j := range taken {
		if j.index {
			j.more, j.err = more, err
			t.end(j)
		}
	}
}

// together commits a batch; ran says that all of it ran, so that what failed is
// the commit itself. Where none is refused too late nothing has to be undone, which
// costs a fifth of all the writing, and where nobody else writes nothing has to be
// looked up: only otherwise is it done again, carefully.
func (t *timeline) together(batch []*job) (news *Committed, ran bool, err error) {
	if news, ran, err = t.once(batch, false); errors.Is(err, errSpoiled) {
		news, ran, err = t.once(batch, true)
	}
	return news, ran, err
}

// once tries to commit a batch.
func (t *timeline) once(batch []*job, carefully bool) (news *Committed, ran bool, err error) {
	var shared *shared
	err = t.app.RunInTransaction(func(app core.App) (err error) {
		defer func() { // a change's own panic is caught where it runs
			if p := recover(); p != nil {
				err = fmt.Errorf("commit panicked: %v\n%s", p, debug.Stack())
			}
		}()
		news, ran = &Committed{App: t.app}, false
		if shared, err = openShared(app, t.kept); err != nil {
			return err
		}
		shared.careful = carefully
		if !shared.alone {
			t.fresh.lose()
		}
		defer shared.close()
		for _, j := range batch {
			if err := shared.attempt(j); err != nil {
				return err
			}
			if j.err == nil {
				news.Entries = append(news.Entries, j.tx.entries...)
				news.Changes = append(news.Changes, j.tx.changes()...)
			}
		}
		if err := shared.finish(); err != nil {
			return err
		}
		ran = true
		return nil
	})
	if err != nil {
		t.kept.forget()
		t.fresh.lose()
		return news, ran, err
	}
	t.kept.known = true
	t.fresh.add(shared.words)
	if shared.indexes {
		t.parts++
	}
	return news, ran, nil
}

// byItself makes a change of the writer's own, in a commit of its own.
func (t *timeline) byItself(change func(*Tx) error) error {
	j := &job{run: change}
	_, ran, err := t.together([]*job{j})
	if err == nil {
		err = j.err
	}
	t.doubt(ran, err)
	return err
}

// failed answers a batch that could not be committed, and with it all that
// queued up meanwhile: the lock or the disk that stopped this batch would stop
// the next one as long, and their clients are waiting. A refusal is no answer, either:
// it may rest on a change of the batch that never was, and is found again at the next
// try where it does not.
func (t *timeline) failed(err error, atCommit bool, taken []*job) {
	cause := fail.Of(err)
	if !cause.Kind.Retry() {
		cause = fail.New(fail.Busy, "fail.busy").Because(err).In(time.Second)
	}
	if lost, tell := t.told.fault(time.Now(), len(taken)); tell {
		slog.Error("commit failed", "error", err, "messages", lost)
	}
	t.doubt(atCommit, err)
	for _, j := range taken {
		if j.err == nil || !fail.Of(j.err).Kind.Retry() {
			j.err = cause
		}
		t.end(j)
	}
	for range len(t.jobs) {
		j := <-t.jobs
		if j.given.CompareAndSwap(false, true) {
			j.err = cause
		}
		t.end(j)
	}
}

// end answers whoever waits for j.
func (t *timeline) end(j *job) {
	if j.err != nil && len(j.owed) > 0 {
		t.announce(&Committed{App: t.app, Changes: j.owed})
	}
	close(j.done)
}

// doubt trusts the disk no more where it failed at a commit.
func (t *timeline) doubt(atCommit bool, err error) {
	if atCommit && isIOError(err) {
		t.broken.Store(true)
		slog.Error("the disk failed at a commit: nothing is accepted until the program is started again")
	}
}

// quietFor is the pause between two lines in the log about failing commits: a
// disk that is full would fill up with them.
const quietFor = time.Minute

// quiet counts what failed between two lines. Only the writer uses it.
type quiet struct {
	said time.Time
	lost int
}

// fault counts n messages that were not stored, and tells whether, and for how
// many in all, it is time for a line.
func (q *quiet) fault(now time.Time, n int) (lost int, tell bool) {
	q.lost += n
	if !q.said.IsZero() && now.Sub(q.said) < quietFor {
		return 0, false
	}
	lost, q.lost, q.said = q.lost, 0, now
	return lost, true
}

// tellAll triggers OnCommit in the order of the commits.
func (t *timeline) tellAll() {
	defer t.teller.Done()
	for {
		select {
		case news := <-t.news:
			t.tell(news)
		case <-t.idle:
			for {
				select {
				case news := <-t.news:
					t.tell(news)
				default:
					return
				}
			}
		}
	}
}

// announce hands news to the goroutine that tells them.
func (t *timeline) announce(news *Committed) {
	select {
	case t.news <- news:
	case <-t.idle: // the program stops; clients will resume
	}
}

func (t *timeline) tell(news *Committed) {
	defer func() {
		if p := recover(); p != nil {
			slog.Error("what follows a commit panicked", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	if err := t.committed.Trigger(news); err != nil {
		slog.Error("what follows a commit failed", "error", fmt.Errorf("after commit: %w", err))
	}
}

// Healthy reports whether commits are accepted.
func Healthy(app core.App) bool { return !of(app).broken.Load() }

// Waits is how many changes wait for the next commit.
func Waits(app core.App) int { return len(of(app).jobs) }
