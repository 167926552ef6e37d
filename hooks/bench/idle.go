package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/client"
)

const (
	comeBack    = 5 * time.Second // clients of a server that restarts spread over so long
	resumedMost = 60 * time.Second
)

// lingerer is a visitor who has the chat open and says nothing.
type lingerer struct {
	base, token string
	cursor      atomic.Pointer[string]
	c           *client.Client
	reset       atomic.Bool
}

// connect opens the chat, from where it was left.
func (l *lingerer) connect(ctx context.Context) (err error) {
	ready, cursor := make(chan struct{}), ""
	if at := l.cursor.Load(); at != nil {
		cursor = *at
	}
	l.c, err = client.Connect(ctx, l.base, l.token, cursor, func(f client.Frame) {
		switch f.Type() {
		case "reset":
			l.reset.Store(true)
		case readyFrame:
			var in struct{ Cursor string }
			_ = f.Read(&in)
			l.cursor.Store(&in.Cursor)
			close(ready)
		}
	})
	if err != nil {
		return err
	}
	return within(ctx, ready, l.c.Left())
}

// measureIdle fills each server with visitors who only have the chat open, looks
// at what they cost, and restarts it under them.
func (o *options) measureIdle(ctx context.Context, servers []*server, say func(string, ...any)) error {
	for _, s := range servers {
		if err := pause(ctx, o.settle); err != nil {
			return err
		}
		s.result.Idle = memory(s.pid)
		if o.idle == 0 {
			continue
		}
		if err := o.fill(ctx, s, say); err != nil {
			return fmt.Errorf("%s: %w", s.result.Name, err)
		}
	}
	return nil
}

func (o *options) fill(ctx context.Context, s *server, say func(string, ...any)) error {
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	list := make([]*lingerer, o.idle)
	err := together(len(list), func(i int) error {
		arrival, err := client.Arrive(ctx, s.base, client.Fields{})
		if err != nil {
			return err
		}
		list[i] = &lingerer{base: s.base, token: arrival.Token}
		list[i].cursor.Store(&arrival.Cursor)
		return list[i].connect(ctx)
	})
	if err != nil {
		return err
	}
	if err = pause(ctx, o.settle); err != nil {
		return err
	}
	s.result.Full = memory(s.pid)
	s.result.Visitors = len(list)
	s.result.PerConnection = max(0, s.result.Full-s.result.Idle) / int64(len(list))
	say("%s: %d idle visitors, %d MB", s.result.Name, len(list), s.result.Full>>20)
	if o.resume == 0 || s.bare() || s.dir == "" {
		return nil
	}
	back := list[:min(o.resume, len(list))]
	for _, one := range list[len(back):] {
		one.c.Close()
	}
	return s.restart(ctx, back, say)
}

// restart restarts the server and waits until everybody has come back.
func (s *server) restart(ctx context.Context, list []*lingerer, say func(string, ...any)) error {
	began := time.Now()
	ctx, end := context.WithTimeout(ctx, resumedMost)
	defer end()
	var all sync.WaitGroup
	var back, lost atomic.Int64
	for _, one := range list {
		all.Go(func() {
			defer recovered()
			<-one.c.Left()
			wait := time.Duration(rand.Int64N(int64(comeBack))) //nolint:gosec // nothing is secret here
			for pause(ctx, wait) == nil {
				if one.connect(ctx) == nil {
					back.Add(1)
					if one.reset.Load() {
						lost.Add(1)
					}
					return
				}
				wait = time.Second/2 + time.Duration(rand.Int64N(int64(time.Second))) //nolint:gosec // the same
			}
		})
	}
	if err := s.stop(); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	if err := s.start(ctx); err != nil {
		return err
	}
	all.Wait()
	if int(back.Load()) < len(list) || lost.Load() > 0 {
		return fmt.Errorf("only %d of %d have come back within %s, %d without their place", back.Load(), len(list), resumedMost, lost.Load())
	}
	s.result.Resumed, s.result.ResumedIn = len(list), time.Since(began).Seconds()
	say("%s: %d visitors were back %.1f s after a restart", s.result.Name, len(list), s.result.ResumedIn)
	return nil
}
