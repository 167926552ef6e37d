package bench

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// carriedWithin is what the slowest of a hundred words may take.
const carriedWithin = 100.0 // ms

// measureMost finds how many visitors the machine carries who talk with agents, a
// word a second in each conversation: it doubles until that is too many, and
// then halves the gap until it is under a tenth, or somebody cannot keep up.
func (o *options) measureMost(ctx context.Context, servers []*server, say func(string, ...any)) error {
	if o.most == 0 {
		return nil
	}
	for _, s := range servers {
		var err error
		if s.result.Most, err = o.mostOf(ctx, s, say); err != nil {
			return err
		}
	}
	return nil
}

func (o *options) mostOf(ctx context.Context, s *server, say func(string, ...any)) (int, error) {
	carried, tooMany := 0, 0
	for n := o.conversations; n > carried && carried < o.most; {
		f, err := o.carry(ctx, s, n)
		if errors.Is(err, errSentAway) { // they are not there for another try
			say("%s: %d visitors: %v", s.result.Name, n, err)
			return carried, nil
		}
		if err != nil {
			return 0, fmt.Errorf("%s with %d: %w", s.result.Name, n, err)
		}
		say("%s: %d visitors, p99 %.1f ms", s.result.Name, n, f.Delivered.P99)
		if f.Delivered.P99 < carriedWithin && f.Arrived == f.Sent {
			carried = n
		} else {
			tooMany = n
		}
		switch {
		case tooMany == 0:
			n = min(n*2, o.most)
		case tooMany-carried <= carried/10 || tooMany <= 1:
			n = 0
		default:
			n = (carried + tooMany) / 2
		}
	}
	return carried, nil
}

// carry is what n conversations are like after a moment.
func (o *options) carry(ctx context.Context, s *server, n int) (figures, error) {
	c, err := s.gather(ctx, n)
	if err != nil {
		return figures{}, err
	}
	if _, err = c.paced(ctx, n, time.Second); err != nil {
		return figures{}, err
	}
	return c.paced(ctx, n, time.Duration(o.seconds)*time.Second)
}
