package demo

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/client"
)

// visitor plays one customer, from coming in to leaving.
type visitor struct {
	*play
	*performance
	dice *rand.Rand

	contact, conversation, cursor string
	c                             *player
	waited                        bool // before the demo began
	thanked, closed               bool
}

var errLeft = errors.New("left")

// visit is one visit. It ends with the conversation, or with the visitor's
// patience.
func (v *visitor) visit(ctx context.Context) error {
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	if err := v.arrive(ctx); err != nil {
		return err
	}
	defer v.expect(v.contact, nil)
	for len(v.rest) > 0 && !v.closed {
		if err := v.speak(ctx); err != nil {
			return err
		}
		if err := v.listen(ctx); err != nil {
			return err
		}
	}
	return v.part(ctx)
}

// arrive comes in, as somebody whom the shop's page has signed in.
func (v *visitor) arrive(ctx context.Context) error {
	in := client.Fields{"page": client.Fields{"url": v.who.page.URL, "title": v.who.page.Title, "kind": v.who.page.Kind}}
	if v.who.identity != "" {
		in["identity"] = client.Fields{"id": v.who.identity, "hmac": v.sign(v.who.identity), "name": v.who.name}
	}
	out, err := client.Arrive(ctx, v.base, in)
	if err != nil {
		return err
	}
	c, err := connect(ctx, v.base, out.Token, out.Cursor)
	v.c, v.contact = c, out.Contact.ID
	v.expect(v.contact, &cue{telling: v.telling}) // known to the play, nothing to say yet
	return err
}

// speak says the customer's next lines, if it is their turn, and leaves the
// agent's to whoever serves.
func (v *visitor) speak(ctx context.Context) error {
	for len(v.rest) > 0 && v.rest[0].part != agent {
		l := v.rest[0]
		v.rest = v.rest[1:]
		if l.part == note || l.part == handOn {
			continue
		}
		if err := v.say(ctx, l); err != nil {
			return err
		}
	}
	var lines []line
	for len(v.rest) > 0 && (v.rest[0].part == agent || v.rest[0].part == note || v.rest[0].part == handOn) {
		lines, v.rest = append(lines, v.rest[0]), v.rest[1:]
	}
	if len(lines) == 0 { // the customer has the last word, and is wished well
		lines, v.thanked = []line{{agent, v.Say.Bye}}, true
	}
	v.expect(v.contact, &cue{telling: v.telling, lines: lines, last: len(v.rest) == 0})
	return nil
}

// say types a line and sends it.
func (v *visitor) say(ctx context.Context, l line) error {
	switch l.part {
	case picture:
		if !v.wait(ctx, v.dice, 2, 4) {
			return errLeft
		}
		id, err := v.c.show(ctx, l.said[0])
		if err != nil {
			return err
		}
		return v.c.Say(client.Fields{"type": "send", "kind": "image", "file": id})
	case entry:
		e, _ := v.channel.Entry(l.said[0])
		if !v.wait(ctx, v.dice, 1, 3) {
			return errLeft
		}
		data := client.Fields{"entry": e.ID}
		if len(e.Form) > 0 {
			data["form"] = client.Fields{"fields": v.filled(e, l)}
		}
		return v.c.Say(client.Fields{"type": "send", "kind": "text", "text": e.Text, "data": data})
	default:
		return v.write(ctx, v.words(l, ""))
	}
}

// write shows the text as it is written, then sends it.
func (v *visitor) write(ctx context.Context, text string) error {
	runes := []rune(text)
	for _, share := range []int{3, 2} {
		if err := v.c.Say(client.Fields{"type": "typing", "on": true, "text": string(runes[:len(runes)/share])}); err != nil {
			return err
		}
		if !v.wait(ctx, v.dice, 1.2, 2.5) {
			return errLeft
		}
	}
	return v.c.Say(client.Fields{"type": "send", "kind": "text", "text": text})
}

// listen waits for an answer, asking for it now and then, and lets it be
// finished.
func (v *visitor) listen(ctx context.Context) error {
	asked := 0
	quiet := time.NewTimer(v.span(v.dice, 28, 55))
	if v.waited {
		quiet.Reset(v.span(v.dice, 3, 20))
	}
	v.waited = false
	defer quiet.Stop()
	answered := false
	for {
		select {
		case <-ctx.Done():
			return errLeft
		case f, ok := <-v.c.heard:
			if !ok {
				return errLeft
			}
			if v.hear(f) {
				answered = true
				quiet.Reset(v.span(v.dice, 4, 7))
			}
			if v.closed {
				return nil
			}
		case <-quiet.C:
			if answered {
				return v.c.Say(client.Fields{"type": "read", "conversation": v.conversation, "cursor": v.cursor})
			}
			asked++
			again, err := v.ask(ctx, asked)
			if err != nil {
				return err
			}
			quiet.Reset(again)
		}
	}
}

// ask asks whether anybody is there, and returns when to ask again. Whoever has
// asked often enough just waits, and then leaves.
func (v *visitor) ask(ctx context.Context, times int) (time.Duration, error) {
	switch {
	case times <= patience:
		return v.span(v.dice, 35, 70), v.write(ctx, pick(v.dice, v.Say.Impatient))
	case times == patience+1:
		return v.span(v.dice, 240, 400), nil
	default:
		return 0, errLeft
	}
}

// hear takes in a frame, and reports whether it is an agent's word.
func (v *visitor) hear(f client.Frame) bool {
	if s, ok := f.Conversation(); ok && (v.conversation == "" || s.ID == v.conversation) {
		v.conversation, v.closed = s.ID, s.Status == "closed"
	}
	m, ok := f.Message()
	if !ok {
		return false
	}
	v.cursor, v.conversation = m.Cursor, m.Conversation
	return m.From.Kind == "staff" && m.Kind != "event"
}

// part waits for the closing, after a thank-you or without, and rates.
func (v *visitor) part(ctx context.Context) error {
	if !v.closed && !v.thanked && chance(v.dice, 70) {
		v.expect(v.contact, &cue{telling: v.telling, lines: []line{{agent, v.Say.Bye}}, last: true})
		if err := v.write(ctx, pick(v.dice, v.Say.Thanks)); err != nil {
			return err
		}
	}
	bored := time.NewTimer(v.span(v.dice, 120, 240))
	defer bored.Stop()
	for !v.closed {
		select {
		case f, ok := <-v.c.heard:
			if !ok {
				return errLeft
			}
			v.hear(f)
		case <-bored.C:
			return nil
		case <-ctx.Done():
			return errLeft
		}
	}
	if !v.wait(ctx, v.dice, 3, 9) {
		return errLeft
	}
	if chance(v.dice, 25) {
		return nil
	}
	score, resolved, comment := opinion(v.mood, v.Comments, v.dice)
	return v.c.Call(ctx, http.MethodPost, "/api/xiaoer/visitor/rating",
		client.Fields{"conversation": v.conversation, "score": score, "resolved": resolved, "comment": comment}, nil)
}
