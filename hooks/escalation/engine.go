package escalation

import (
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// armed is a rule that is ready to fire.
type armed struct {
	id, name   string
	then       Then
	conditions []condition
}

// engine is the rules that are switched on, in their order, and the words that
// they look for. It never changes.
type engine struct {
	rules []*armed
	words vocabulary
}

func newEngine(rules []*Rule) *engine {
	e := &engine{}
	var words [][]string
	for _, r := range rules {
		when := r.When()
		if !r.Enabled() || when.check() != nil {
			continue
		}
		list, some := when.prepared()
		e.rules = append(e.rules, &armed{id: r.Id, name: r.Name(), then: r.Then(), conditions: list})
		words = append(words, some)
	}
	e.words = newVocabulary(words...)
	return e
}

// read makes ready what was said for the rules' words.
func (e *engine) read(said string) *text {
	t := read(said)
	t.hits = e.words.in(t)
	t.sum = sync.OnceValue(func() float64 { return amount(t) })
	return t
}

// fresh is how long the rules are taken for what they were: another process may
// have changed them.
const fresh = time.Second

// keeper keeps the engine of an app.
type keeper struct {
	mu      sync.Mutex // guards the rest; held while the rules are read
	engine  *engine
	version string
	looked  time.Time // by the machine's clock: it is about a cache
}

// now is the engine of the rules as they are in app's transaction, if it is in one,
// at most a second ago.
func (k *keeper) now(app core.App) (*engine, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.engine != nil && time.Since(k.looked) < fresh {
		return k.engine, nil
	}
	now, err := version(app)
	if err != nil {
		return nil, err
	}
	if k.engine == nil || now != k.version {
		rules, err := All(app)
		if err != nil {
			return nil, err
		}
		k.engine, k.version = newEngine(rules), now
	}
	k.looked = time.Now()
	return k.engine, nil
}

// changed has the rules read again, after a commit that changed one.
func (k *keeper) changed(e *core.RecordEvent) error {
	k.mu.Lock()
	k.looked = time.Time{}
	k.mu.Unlock()
	return e.Next()
}
