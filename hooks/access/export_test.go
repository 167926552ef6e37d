package access

import (
	"sync/atomic"

	"github.com/pocketbase/pocketbase/core"
)

// CountComparisons counts how often app compares a password with a hash.
func CountComparisons(app core.App) *atomic.Int64 {
	g, _ := app.Store().Get(guessesKey).(*guesses)
	var n atomic.Int64
	compare := g.compare
	g.compare = func(hash, password []byte) error {
		n.Add(1)
		return compare(hash, password)
	}
	return &n
}

// EndOverdue is what the server does each second, at another time.
var EndOverdue = endOverdue
