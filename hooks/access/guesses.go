package access

import (
	"math"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/limits"
)

// Failed attempts that are let through. An account is never locked: somebody
// who guesses at it from many addresses leaves one attempt to each other one,
// and that is enough for whoever knows the password.
const (
	mostHere  = 5  // at one account from one address
	mostThere = 40 // from one address, whatever the account
	mostAway  = 30 // at one account from anywhere, until each address has but one
	guessSpan = 10 * time.Minute
)

// guesses counts failed sign-ins in this process.
type guesses struct {
	exempt            limits.Exempt
	here, there, away *limits.Window
	oneEach           *limits.Window
}

func newGuesses(exempt limits.Exempt) *guesses {
	return &guesses{
		exempt: exempt, here: limits.NewWindow(mostHere, guessSpan), there: limits.NewWindow(mostThere, guessSpan),
		away: limits.NewWindow(mostAway, guessSpan), oneEach: limits.NewWindow(1, guessSpan),
	}
}

// allow refuses an attempt before any work is done for it.
func (g *guesses) allow(identity, address string) error {
	if g.exempt.Has(address) {
		return nil
	}
	at := limits.AddressKey(address)
	here := g.here
	if calm, _ := g.away.Would(identity); !calm {
		here = g.oneEach
	}
	for _, w := range []struct {
		window *limits.Window
		key    string
	}{{here, at + " " + identity}, {g.there, at}} {
		if ok, wait := w.window.Would(w.key); !ok {
			return fail.New(fail.Limit, "access.sign_in_limit", "Minutes", int(math.Ceil(wait.Minutes()))).In(wait)
		}
	}
	return nil
}

// failed counts an attempt that was wrong.
func (g *guesses) failed(identity, address string) {
	at := limits.AddressKey(address)
	g.here.Allow(at + " " + identity)
	g.oneEach.Allow(at + " " + identity)
	g.there.Allow(at)
	g.away.Allow(identity)
}
