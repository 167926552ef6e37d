package channels

import (
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// knownFor is how long a channel may stay as it was after a command in another
// process has changed it. What this process changes is known at once.
const knownFor = time.Second

const knownKey = "channels.known"

// beforeAll: whoever follows a change asks for what it has made.
const beforeAll = -1000

// known are the channels that were read lately, by id.
type known struct {
	mu   sync.Mutex
	list map[string]reading
}

type reading struct {
	channel *Channel
	err     error
	at      time.Time
}

func knownOf(app core.App) *known {
	k, _ := app.Store().GetOrSet(knownKey, func() any { return &known{list: map[string]reading{}} }).(*known)
	return k
}

// Known is [ByID] for who asks with each message, and only reads.
func Known(app core.App, id string) (*Channel, error) {
	if app.IsTransactional() { // what it sees may be undone
		return ByID(app, id)
	}
	k := knownOf(app)
	k.mu.Lock()
	defer k.mu.Unlock()
	if r, ok := k.list[id]; ok && time.Since(r.at) < knownFor {
		return r.channel, r.err
	}
	c, err := ByID(app, id)
	k.list[id] = reading{c, err, time.Now()}
	return c, err
}

// forget follows what is saved here.
func (k *known) forget(e *core.RecordEvent) error {
	k.mu.Lock()
	delete(k.list, e.Record.Id)
	k.mu.Unlock()
	return e.Next()
}
