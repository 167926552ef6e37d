package channels

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/hours"
)

// New is what a new channel begins with. Name alone is required.
type New struct {
	Name, Greeting, OffHours, Colour, Group string
	Hours                                   hours.Week
	Entries                                 []Entry
	Routes                                  []Route
	Origins                                 []string
	TypingPreview, Default                  bool
}

// Add makes a channel with a secret of its own. The first one is the default.
func Add(app core.App, n New) (*Channel, error) {
	collection, err := app.FindCachedCollectionByNameOrId(Collection)
	if err != nil {
		return nil, fmt.Errorf("add channel: %w", err)
	}
	n.Origins = Origins(n.Origins)
	c := wrap(core.NewRecord(collection))
	c.set(n)
	if err := app.Save(c); err != nil {
		return nil, fmt.Errorf("add channel %q: %w", n.Name, err)
	}
	return c, nil
}

// newSecret is 256 random bits in hex.
func newSecret() Secret {
	var bits [32]byte
	_, _ = rand.Read(bits[:]) // never fails
	return Secret{Text: hex.EncodeToString(bits[:])}
}

// Origins brings what a person typed or copied, such as pages' addresses, into
// the form that a channel keeps, each once and in their order.
func Origins(typed []string) []string {
	var out []string
	for _, origin := range typed {
		if origin = Origin(origin); origin != "" && !slices.Contains(out, origin) {
			out = append(out, origin)
		}
	}
	return out
}
