package replica

import (
	"context"
	"errors"
	"time"

	"github.com/benbjohnson/litestream"
)

// ErrBroken says that of a generation something is missing or damaged.
var ErrBroken = errors.New("pieces of the warm copy are missing or damaged")

// lookAround makes sure, now and then, that the place is there, and that no other machine
// goes on with the desk.
func (s *stretch) lookAround(ctx context.Context) error {
	if time.Since(s.looked) < s.look {
		return nil
	}
	if err := s.claim(ctx); err != nil {
		return err
	}
	known, err := generations(ctx, s.place)
	if err != nil {
		return err
	}
	if len(known) > 0 && known[0].name > s.name {
		return ErrTaken
	}
	s.looked = time.Now()
	return nil
}

// dear is how many times as long as the place took to say what it has it is not asked
// again: a thousand uploads are one question to a store.
const dear = 100

// keepWhole asks the place again and again what it has, until ctx ends: somebody may
// have deleted something there, or it has forgotten.
func (s *stretch) keepWhole(ctx context.Context) {
	for wait := s.house; ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		began := time.Now()
		err := errors.Join(s.with.again(ctx), s.count(ctx))
		if err != nil && ctx.Err() == nil {
			s.log.Warn("what the warm copy has is not known", "error", err)
		}
		wait = max(s.house, time.Duration(s.dear)*time.Since(began))
	}
}

// count makes sure that the database could be restored as of now. It is counted twice
// before it is given up: pieces are put together, and deleted, at any time.
func (s *stretch) count(ctx context.Context) error {
	sent := s.db.Replica.Pos().TXID
	if sent == 0 {
		return nil
	}
	for range 2 {
		place := &heard{Place: s.place}
		plan, err := litestream.CalcRestorePlan(ctx, &client{place: place, name: s.name}, 0, time.Time{}, s.store.Logger)
		if err != nil && place.failed.Load() || ctx.Err() != nil {
			return err
		}
		if err == nil && len(plan) > 0 && plan[len(plan)-1].MaxTXID >= sent {
			return nil
		}
	}
	s.broken.Store(true)
	return ErrBroken
}
