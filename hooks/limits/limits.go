// Package limits counts what somebody does and says when it is too much: so many
// sends of a visitor, so many new visitors of an address, so many bytes a day.
//
// Windows slide: in no stretch of the window's length does more pass than is
// allowed, where a fixed window would let through twice as much around its edge.
// Time is the monotonic clock's, so that a jump of the wall clock neither frees
// nor locks anybody. Counts live in this process alone and are lost with it,
// which is harmless: they are there against floods, not for the books.
//
// The package does not know who is limited, nor what the numbers are: keys are
// the caller's, numbers come from the settings.
package limits

import (
	"fmt"
	"net/netip"
	"sync"
	"time"
)

const (
	// maxKeys bounds a window's memory where somebody floods it with ever new
	// addresses. Beyond it some key is forgotten for each new one: the limit
	// then leaks a little, and everybody can still work.
	maxKeys = 100_000
	// grains is how finely the past of one key is remembered where more than so
	// many steps are allowed, as with bytes: what falls into one grain counts
	// from the grain's last step on, which errs on the strict side.
	grains = 1024
)

// Window allows each key so much within any stretch of its length.
type Window struct {
	start time.Time // has the monotonic reading that all times count from

	mu    sync.Mutex
	most  int64
	per   time.Duration
	keys  map[string]*past
	swept time.Duration
}

// past is what one key did within the last window, oldest first.
type past struct {
	steps []step
	total int64
}

type step struct {
	at time.Duration
	n  int64
}

// NewWindow allows most within per.
func NewWindow(most int, per time.Duration) *Window {
	return &Window{start: time.Now(), most: int64(most), per: per, keys: map[string]*past{}}
}

// Resize changes the limit and keeps what has been counted.
func (w *Window) Resize(most int, per time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.most, w.per = int64(most), per
}

// Allow counts one step of key, or says how long to wait for the next. A step
// that is not allowed is not counted.
func (w *Window) Allow(key string) (ok bool, retryAfter time.Duration) { return w.AllowN(key, 1) }

// AllowN counts n at once, such as an upload's bytes.
func (w *Window) AllowN(key string, n int64) (ok bool, retryAfter time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Since(w.start)
	w.sweep(now)
	p := w.keys[key]
	if p == nil {
		p = &past{}
	}
	p.forget(now - w.per)
	if p.total+n > w.most {
		return false, p.wait(n, w.most, w.per, now)
	}
	if w.keys[key] == nil {
		w.makeRoom()
		w.keys[key] = p
	}
	p.add(step{now, n}, w.grain())
	return true, 0
}

// Would says what [Window.Allow] would, and counts nothing: for whoever counts
// only what went wrong.
func (w *Window) Would(key string) (ok bool, retryAfter time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.keys[key]
	if p == nil {
		return true, 0
	}
	now := time.Since(w.start)
	p.forget(now - w.per)
	if p.total+1 > w.most {
		return false, p.wait(1, w.most, w.per, now)
	}
	return true, 0
}

// Forgive takes back the newest step of key: for whoever counts an attempt
// before it is known whether it was wrong.
func (w *Window) Forgive(key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.keys[key]
	if p == nil || len(p.steps) == 0 {
		return
	}
	last := &p.steps[len(p.steps)-1]
	p.total--
	if last.n--; last.n == 0 {
		p.steps = p.steps[:len(p.steps)-1]
	}
}

func (w *Window) grain() time.Duration {
	if w.most <= grains {
		return 0
	}
	return w.per / grains
}

// sweep drops the keys that did nothing for a window's length, once in as long.
func (w *Window) sweep(now time.Duration) {
	if now-w.swept < w.per {
		return
	}
	w.swept = now
	for key, p := range w.keys {
		if p.forget(now - w.per); len(p.steps) == 0 {
			delete(w.keys, key)
		}
	}
}

func (w *Window) makeRoom() {
	if len(w.keys) < maxKeys {
		return
	}
	for key := range w.keys {
		delete(w.keys, key)
		return
	}
}

func (p *past) add(s step, grain time.Duration) {
	p.total += s.n
	if last := len(p.steps) - 1; last > 0 && s.at-p.steps[last-1].at < grain {
		p.steps[last] = step{s.at, p.steps[last].n + s.n}
		return
	}
	p.steps = append(p.steps, s)
}

// forget drops what happened at or before then.
func (p *past) forget(then time.Duration) {
	gone := 0
	for gone < len(p.steps) && p.steps[gone].at <= then {
		p.total -= p.steps[gone].n
		gone++
	}
	p.steps = append(p.steps[:0], p.steps[gone:]...)
}

// wait is how long until n more fit. What never fits waits a whole window.
func (p *past) wait(n, most int64, per, now time.Duration) time.Duration {
	over := p.total + n - most
	for _, s := range p.steps {
		if over -= s.n; over <= 0 {
			return s.at + per - now
		}
	}
	return per
}

// Slots allows each key so many things at the same time, such as sockets.
type Slots struct {
	mu   sync.Mutex
	most int
	used map[string]int
}

// NewSlots allows each key most at a time.
func NewSlots(most int) *Slots { return &Slots{most: most, used: map[string]int{}} }

// Resize changes how many are allowed; those taken stay taken.
func (s *Slots) Resize(most int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.most = most
}

// Take takes a slot of key. free gives it back, once however often it is called.
func (s *Slots) Take(key string) (free func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.used[key] >= s.most {
		return func() {}, false
	}
	s.used[key]++
	return sync.OnceFunc(func() { s.give(key) }), true
}

func (s *Slots) give(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.used[key]--; s.used[key] <= 0 {
		delete(s.used, key)
	}
}

// Exempt are the networks that no limit holds for, from --unlimited.
type Exempt []netip.Prefix

// ParseExempt reads networks in CIDR notation; a plain address stands for
// itself.
func ParseExempt(networks []string) (Exempt, error) {
	exempt := make(Exempt, 0, len(networks))
	for _, text := range networks {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			address, notAddress := netip.ParseAddr(text)
			if notAddress != nil {
				return nil, fmt.Errorf("network %q: %w", text, err)
			}
			prefix = netip.PrefixFrom(address, address.BitLen())
		}
		exempt = append(exempt, prefix.Masked())
	}
	return exempt, nil
}

// Has reports whether address, without a port, is in one of the networks.
func (e Exempt) Has(address string) bool {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	a = a.Unmap().WithZone("")
	for _, prefix := range e {
		if prefix.Contains(a) {
			return true
		}
	}
	return false
}

// AddressKey is the key under which an address is counted: itself, or its /64
// where it is IPv6, since whoever has one of those has all of them.
func AddressKey(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	prefix, err := a.Prefix(64)
	if err != nil {
		return address
	}
	return prefix.String()
}
