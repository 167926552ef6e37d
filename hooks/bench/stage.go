package bench

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/tools/security"
)

// said is what is said, about as long as what people write.
const said = "上周买的蜂蜜刚到，打开发现瓶子裂了，可以换一瓶吗"

// stage is one measurement: what was sent in it, and what became of that.
type stage struct {
	name  string
	began time.Time
	shots []shot
	next  atomic.Int64
	open  sync.WaitGroup // shots, or chains of them
	// then goes on after a message that has arrived everywhere.
	then func(*chat)

	mu    sync.Mutex
	codes map[string]int // why messages were not taken
}

// shot is a message on its way. Times are nanoseconds since the stage began.
type shot struct {
	chat             *chat
	sent, ack, there atomic.Int64
	missing          atomic.Int32 // of ack and delivery
}

var (
	stages atomic.Int64
	// run tells this run's words from those of another one at the same desk, which
	// keeps what it was told.
	run = "run" + security.RandomString(8) + "-"
)

// errSentAway says that the server has hung up on somebody, who could not keep up.
var errSentAway = errors.New("somebody was sent away")

func (c *crowd) newStage(most int) *stage {
	st := &stage{name: run + strconv.FormatInt(stages.Add(1), 36), began: time.Now(), shots: make([]shot, most), codes: map[string]int{}}
	c.stage.Store(st)
	return st
}

// fire sends the next word of a conversation, and reports whether there was room
// for it.
func (st *stage) fire(one *chat) (bool, error) {
	n := st.next.Add(1) - 1
	if int(n) >= len(st.shots) {
		return false, nil
	}
	s := &st.shots[n]
	s.chat = one
	s.missing.Store(2)
	by, where := one.visitor, "" // a visitor has one thread only
	if one.words.Add(1)%2 == 1 { // the visitor has said the first
		by, where = one.agent.Load().Client, fmt.Sprintf(`"conversation":%q,`, *one.id.Load())
	}
	name := st.name + "-" + strconv.FormatInt(n, 36)
	raw := fmt.Appendf(nil, `{"type":"send","id":%q,%s"kind":"text","text":"%s %s"}`, name, where, name, said)
	s.sent.Store(int64(time.Since(st.began)))
	if err := by.Send(raw); err != nil {
		return true, fmt.Errorf("%w: %w", errSentAway, err)
	}
	return true, nil
}

// shot finds one by its name; nil for none of this stage.
func (st *stage) shot(name string) *shot {
	number, ok := strings.CutPrefix(name, st.name+"-")
	n, err := strconv.ParseInt(number, 36, 64)
	if !ok || err != nil || n < 0 || n >= int64(len(st.shots)) {
		return nil
	}
	return &st.shots[n]
}

// misses reports whether nobody on the other side has got the message yet. All
// agents hear of all of them: the rest is not worth reading.
func (st *stage) misses(name string) bool {
	s := st.shot(name)
	return s != nil && s.there.Load() == 0
}

func (st *stage) acked(name string, now time.Time) {
	if s := st.shot(name); s != nil && s.ack.CompareAndSwap(0, int64(now.Sub(st.began))) {
		st.arrived(s)
	}
}

func (st *stage) delivered(name string, now time.Time) {
	if s := st.shot(name); s != nil && s.there.CompareAndSwap(0, int64(now.Sub(st.began))) {
		st.arrived(s)
	}
}

func (st *stage) arrived(s *shot) {
	if s.missing.Add(-1) == 0 {
		st.then(s.chat)
	}
}

// failed notes that a message was not taken.
func (st *stage) failed(name, code string) {
	st.mu.Lock()
	st.codes[code]++
	st.mu.Unlock()
	if s := st.shot(name); s != nil && s.missing.Swap(0) > 0 {
		st.then(s.chat)
	}
}

// settle waits until everything has arrived, and says what came of it.
func (st *stage) settle(ctx context.Context, s *server, busy time.Duration) (figures, error) {
	done := make(chan struct{})
	go func() {
		defer recovered()
		st.open.Wait()
		close(done)
	}()
	limit := time.NewTimer(givenWithin)
	defer limit.Stop()
	select {
	case <-done:
	case <-limit.C: // what is missing is counted
	case <-ctx.Done():
		return figures{}, ctx.Err()
	}
	busy = cpu(s.pid) - busy
	var acks, theres []time.Duration
	var last int64
	sent := min(int(st.next.Load()), len(st.shots))
	for i := range sent {
		one := &st.shots[i]
		began, ack, there := one.sent.Load(), one.ack.Load(), one.there.Load()
		if ack > 0 {
			acks = append(acks, time.Duration(ack-began))
		}
		if there > 0 {
			theres = append(theres, time.Duration(there-began))
		}
		last = max(last, ack, there)
	}
	span := time.Duration(last).Seconds()
	f := figures{
		Sent: sent, Acked: len(acks), Arrived: len(theres), Codes: st.codes, Ack: percentiles(acks), Delivered: percentiles(theres),
		AckRate: float64(len(acks)) / span, Rate: float64(min(len(acks), len(theres))) / span,
	}
	if len(acks) == 0 {
		return f, fmt.Errorf("none of %d messages was taken: %v", sent, st.codes)
	}
	f.CPU = ms(busy) / float64(len(acks))
	return f, nil
}

// paced has n conversations say a word a second, one after the other.
func (c *crowd) paced(ctx context.Context, n int, span time.Duration) (figures, error) {
	total := int(span/time.Second) * n
	step := time.Second / time.Duration(n)
	st := c.newStage(total)
	st.then = func(*chat) { st.open.Done() }
	st.open.Add(total)
	busy := cpu(c.server.pid)
	for i := range total {
		if wait := time.Duration(i)*step - time.Since(st.began); wait > 0 {
			if err := pause(ctx, wait); err != nil {
				return figures{}, err
			}
		}
		if _, err := st.fire(c.chats[i%n]); err != nil {
			return figures{}, err
		}
	}
	return st.settle(ctx, c.server, busy)
}

// flood has each conversation say the next word as soon as the last has arrived:
// as many are in flight as there are conversations.
func (c *crowd) flood(ctx context.Context, span time.Duration) (figures, error) {
	const perSecond = 40_000 // more than anybody does
	st := c.newStage(int(span.Seconds() * perSecond))
	st.then = func(one *chat) {
		if time.Since(st.began) < span {
			if ok, err := st.fire(one); ok && err == nil {
				return
			}
		}
		st.open.Done()
	}
	st.open.Add(len(c.chats))
	busy := cpu(c.server.pid)
	for _, one := range c.chats {
		st.then(one)
	}
	return st.settle(ctx, c.server, busy)
}
