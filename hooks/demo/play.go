package demo

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/channels"
)

const (
	mostVisitors = 18 // at once
	patience     = 3  // how often a visitor asks whether anybody is there
)

// play is what goes on while the demo runs: visitors come, write and leave, and
// some of the staff answer them. They speak the public protocol over real
// sockets; all that they share behind its back is who says what next, since
// nobody here understands what is said.
type play struct {
	*past
	password, secret string

	base string  // where the desk listens
	pace float64 // how much faster than people; 1 but in tests
	all  sync.WaitGroup

	mu     sync.Mutex
	cues   map[string]*cue // by contact
	onAir  map[*person]bool
	number int // of those on air
}

// cue is what an agent has to say next to a contact.
type cue struct {
	*telling
	lines []line
	last  bool // then the conversation is over
}

// prepare makes the shop and its past, and the play that goes on from there.
func prepare(app core.App, password string, now time.Time) (*play, error) {
	s, err := readShop()
	if err != nil {
		return nil, err
	}
	dialogues, err := readDialogues()
	if err != nil {
		return nil, err
	}
	f, err := furnish(app, s, password)
	if err != nil {
		return nil, err
	}
	dice := rand.New(rand.NewPCG(20, 26)) //nolint:gosec // the same shop each time
	f.meet(dice, now)
	p := &past{furnished: f, dialogues: dialogues, dice: dice, now: now}
	p.happen()
	if err := p.write(app); err != nil {
		return nil, err
	}
	if err := p.asides(app); err != nil {
		return nil, err
	}
	return &play{
		past: p, password: password, secret: f.channel.Secrets()[0].Text, pace: 1, cues: map[string]*cue{}, onAir: map[*person]bool{},
	}, nil
}

// begin lets everybody come on, until ctx ends.
func (p *play) begin(ctx context.Context, base string) {
	p.base = base
	for _, s := range p.staff {
		if s.is.Plays {
			p.run(func() { p.work(ctx, s) })
		}
	}
	p.run(func() { p.direct(ctx) })
}

// run runs a player.
func (p *play) run(player func()) {
	p.all.Add(1)
	go func() {
		defer p.all.Done()
		defer recovered()
		player()
	}()
}

// direct sends the visitors on: first those whose conversations are under way,
// then one after the other, at a calmer pace after a while.
func (p *play) direct(ctx context.Context) {
	dice := newDice()
	for _, one := range p.going {
		p.enter(ctx, one)
		if !p.wait(ctx, dice, .2, 1.2) {
			return
		}
	}
	for n := 0; ; n++ {
		least, most := 5.0, 10.0
		if n > 8 {
			least, most = 10, 22
		}
		if !p.wait(ctx, dice, least, most) {
			return
		}
		if who := p.newcomer(dice); who != nil {
			d := p.fitsNow(dice, who)
			p.enter(ctx, &performance{telling: p.tell(d, who.name, dice), who: who, rest: d.lines})
		}
	}
}

// newcomer is somebody who is not here already; nil while it is full.
func (p *play) newcomer(dice *rand.Rand) *person {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.number >= mostVisitors {
		return nil
	}
	if chance(dice, 15) {
		return &person{page: p.people[dice.IntN(len(p.people))].page}
	}
	for range 50 {
		who := pick(dice, p.people)
		if who.identity != "" && !p.onAir[who] && p.now.After(who.closed) {
			return who
		}
	}
	return nil
}

func (p *play) fitsNow(dice *rand.Rand, who *person) *dialogue {
	for {
		d := pick(dice, p.dialogues)
		if len(d.tags) == 0 || (d.tags[len(d.tags)-1] == "EN") == (who.lang == "en") || who.lang == "en" && chance(dice, 5) {
			return d
		}
	}
}

// enter lets a visitor come on, and go.
func (p *play) enter(ctx context.Context, one *performance) {
	p.mu.Lock()
	p.number++
	p.onAir[one.who] = true
	p.mu.Unlock()
	p.run(func() {
		defer p.exit(one.who)
		v := &visitor{play: p, performance: one, dice: newDice(), waited: len(one.rest) > 0 && one.rest[0].part == agent}
		if err := v.visit(ctx); err != nil && ctx.Err() == nil {
			slog.Debug("a visitor of the demo left early", "error", err)
		}
	})
}

func (p *play) exit(who *person) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.number--
	delete(p.onAir, who)
}

// expect says what an agent has to say next to contact.
func (p *play) expect(contact string, c *cue) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c == nil {
		delete(p.cues, contact)
		return
	}
	p.cues[contact] = c
}

// next takes the cue for contact. acted is whether contact is one of the play at
// all.
func (p *play) next(contact string) (c *cue, acted bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, acted = p.cues[contact]
	if c != nil {
		p.cues[contact] = &cue{telling: c.telling, last: c.last}
	}
	return c, acted
}

// wait lets between so many seconds pass, and reports whether ctx still goes on.
func (p *play) wait(ctx context.Context, dice *rand.Rand, least, most float64) bool {
	t := time.NewTimer(p.span(dice, least, most))
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (p *play) span(dice *rand.Rand, least, most float64) time.Duration {
	return time.Duration((least + dice.Float64()*(most-least)) / p.pace * float64(time.Second))
}

func (p *play) sign(identity string) string { return channels.Sign(p.secret, identity, 0) }

func newDice() *rand.Rand { return rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())) } //nolint:gosec // nothing is secret here

func recovered() {
	if p := recover(); p != nil {
		slog.Error("a player of the demo panicked", "panic", p, "stack", string(debug.Stack()))
	}
}
