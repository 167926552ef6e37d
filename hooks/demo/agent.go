package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/client"
)

// agentPlayer plays one of the staff.
type agentPlayer struct {
	*play
	staffer
	dice *rand.Rand
	c    *player
	mine map[string]*serving // by conversation
}

// serving is a conversation that an agent has, and what is to be done in it.
type serving struct {
	contact, cursor string
	due             time.Time // of the next act; zero while the customer has the word
	todo            []line
	cue             *cue      // what todo comes from; nil for somebody who is no player
	touched         time.Time // when something last happened
	spoken          int
	leaving         bool // closes when it is due
}

// work serves until ctx ends, coming back where the connection is lost.
func (p *play) work(ctx context.Context, s staffer) {
	a := &agentPlayer{play: p, staffer: s, dice: newDice()}
	for {
		if err := a.shift(ctx); err != nil && ctx.Err() == nil {
			slog.Debug("an agent of the demo was cut off", "error", err)
		}
		if !p.wait(ctx, a.dice, 2, 4) {
			return
		}
	}
}

// shift is from signing in to losing the connection.
func (a *agentPlayer) shift(ctx context.Context) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	a.mine = map[string]*serving{}
	in, err := client.SignIn(ctx, a.base, a.Email, a.password)
	if err != nil {
		return err
	}
	if a.c, err = connect(ctx, a.base, in.Token, ""); err != nil {
		return err
	}
	if err = a.c.Say(client.Fields{"type": "presence", "status": a.is.Presence, "reason": a.is.Reason}); err != nil {
		return err
	}
	var out struct{ Conversations []client.Conversation }
	if err = a.c.Call(ctx, http.MethodGet, "/api/xiaoer/conversations?view=mine", nil, &out); err != nil {
		return err
	}
	for _, s := range out.Conversations {
		a.follow(s)
	}
	tick := time.NewTicker(time.Duration(float64(300*time.Millisecond) / a.pace))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case f, ok := <-a.c.heard:
			if !ok {
				return errLeft
			}
			a.hear(f)
		case now := <-tick.C:
			if err := a.act(now); err != nil {
				return err
			}
		}
	}
}

func (a *agentPlayer) hear(f client.Frame) {
	if s, ok := f.Conversation(); ok {
		a.follow(s)
	}
	m, ok := f.Message()
	if one := a.mine[m.Conversation]; ok && one != nil {
		one.cursor = m.Cursor
	}
}

// follow keeps in mind what a conversation needs.
func (a *agentPlayer) follow(s client.Conversation) {
	one := a.mine[s.ID]
	if s.Gone || s.Status != "open" || s.Assignee.ID != a.ID {
		delete(a.mine, s.ID)
		return
	}
	if one == nil {
		one = &serving{contact: s.Contact.ID}
		a.mine[s.ID] = one
	}
	one.touched = time.Now()
	if s.WaitingSince != "" && one.due.IsZero() {
		one.due = time.Now().Add(a.span(a.dice, 1.5, 5))
	}
}

// act does what is due.
func (a *agentPlayer) act(now time.Time) error {
	for id, one := range a.mine {
		if one.due.IsZero() && now.Sub(one.touched) > a.span(a.dice, 200, 200) { // the customer has gone
			one.leaving, one.due = true, now
		}
		if one.due.IsZero() || now.Before(one.due) {
			continue
		}
		if err := a.step(id, one); err != nil {
			return fmt.Errorf("serve: %w", err)
		}
	}
	return nil
}

// step does the next thing in a conversation.
func (a *agentPlayer) step(id string, one *serving) error {
	switch {
	case one.leaving:
		one.due = time.Time{}
		return a.c.Say(client.Fields{"type": "close", "conversation": id})
	case len(one.todo) > 0:
		return a.perform(id, one)
	}
	c, acted := a.next(one.contact)
	switch {
	case c == nil && !acted: // somebody real
		one.cue, one.todo = &cue{telling: a.tell(a.dialogues[0], "", a.dice)}, []line{{agent, a.Say.Generic[min(one.spoken, len(a.Say.Generic)-1):][:1]}}
	case c == nil || len(c.lines) == 0: // still typing
		one.due = time.Now().Add(a.span(a.dice, 2, 4))
		return nil
	default:
		one.cue, one.todo = c, c.lines
	}
	one.due = time.Now().Add(a.span(a.dice, 1.5, 4))
	if one.cursor != "" {
		if err := a.c.Say(client.Fields{"type": "read", "conversation": id, "cursor": one.cursor}); err != nil {
			return err
		}
	}
	return errors.Join(
		a.c.Say(client.Fields{"type": "viewing", "conversation": id}),
		a.c.Say(client.Fields{"type": "typing", "conversation": id, "on": true}))
}

// perform does the next line of an agent's lines.
func (a *agentPlayer) perform(id string, one *serving) error {
	l := one.todo[0]
	one.todo = one.todo[1:]
	one.due = time.Now().Add(a.span(a.dice, 2, 4))
	if len(one.todo) == 0 {
		one.due = time.Time{}
		if one.cue.last {
			one.leaving, one.due = true, time.Now().Add(a.span(a.dice, 6, 14))
		}
	}
	text := one.cue.words(l, a.Nickname)
	if l.part == handOn {
		return a.handOn(id, one, l)
	}
	if l.part == note {
		return a.c.Say(client.Fields{"type": "send", "conversation": id, "kind": "note", "text": text})
	}
	one.spoken++
	return a.c.Say(client.Fields{"type": "send", "conversation": id, "kind": "text", "text": text})
}

// handOn transfers, and leaves the rest to whoever takes over.
func (a *agentPlayer) handOn(id string, one *serving, l line) error {
	key, text, _ := strings.Cut(l.said[0], " ")
	a.expect(one.contact, &cue{telling: one.cue.telling, lines: one.todo, last: one.cue.last})
	one.todo, one.due, one.leaving = nil, time.Time{}, false
	return a.c.Say(client.Fields{"type": "transfer", "conversation": id, "group": a.groups[key].Id, "note": text})
}
