package access

import (
	"math"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/limits"
)

// Attempts that are let through. An account is never locked: somebody who
// guesses at it from many addresses leaves one attempt to each other one, and
// that is enough for whoever knows the password. Six digits are another matter:
// whoever gets to guess them knows the password, so that so many wrong ones end
// it for everybody, for an hour; a recovery code passes even then.
const (
	mostHere  = 5  // at one account from one address
	mostThere = 40 // from one address, whatever the account
	mostAway  = 30 // at one account from anywhere, until each address has but one
	mostCodes = 10 // of six digits, at one account from anywhere

	guessSpan = 10 * time.Minute
	codeSpan  = time.Hour
)

const guessesKey = "access.guesses"

// guesses counts attempts in this process that were wrong, and those under way:
// an attempt counts from its beginning until it was right, so that a hundred at
// the same time are no more than one after the other.
type guesses struct {
	exempt            limits.Exempt
	here, there, away *limits.Window
	oneEach, codes    *limits.Window

	compare func(hash, password []byte) error // bcrypt's
}

func newGuesses(exempt limits.Exempt) *guesses {
	return &guesses{
		exempt: exempt, here: limits.NewWindow(mostHere, guessSpan), there: limits.NewWindow(mostThere, guessSpan),
		away: limits.NewWindow(mostAway, guessSpan), oneEach: limits.NewWindow(1, guessSpan), codes: limits.NewWindow(mostCodes, codeSpan),
		compare: bcrypt.CompareHashAndPassword,
	}
}

// attempt is one that counts as wrong.
type attempt []counted

type counted struct {
	window *limits.Window
	key    string
}

// right takes the attempt out of the count again.
func (a attempt) right() {
	for _, c := range a {
		c.window.Forgive(c.key)
	}
}

// password begins an attempt at a password, or refuses it before any work is
// done for it.
func (g *guesses) password(identity, address string) (attempt, error) {
	if g.exempt.Has(address) {
		return nil, nil
	}
	at := limits.AddressKey(address)
	calm, _ := g.away.Would(identity)
	a, err := take(calm, counted{g.oneEach, at + " " + identity}, counted{g.here, at + " " + identity}, counted{g.there, at})
	if err != nil {
		return nil, err
	}
	if ok, _ := g.away.Allow(identity); ok {
		a = append(a, counted{g.away, identity})
	}
	return a, nil
}

// code begins an attempt at the second step of staff.
func (g *guesses) code(staff, address, code string) (attempt, error) {
	if g.exempt.Has(address) {
		return nil, nil
	}
	at := limits.AddressKey(address)
	counts := []counted{{g.here, at + " code " + staff}, {g.there, at}}
	if !isRecoveryCode(code) {
		counts = append(counts, counted{g.codes, staff})
	}
	return take(false, counts...)
}

// address begins an attempt that only its address is counted for.
func (g *guesses) address(address string) (attempt, error) {
	if g.exempt.Has(address) {
		return nil, nil
	}
	return take(false, counted{g.there, limits.AddressKey(address)})
}

// take counts in every window, or in none and refuses. The first one's refusal
// counts for nothing where it is spared.
func take(spareFirst bool, counts ...counted) (attempt, error) {
	var a attempt
	for i, c := range counts {
		ok, wait := c.window.Allow(c.key)
		switch {
		case ok:
			a = append(a, c)
		case i > 0 || !spareFirst:
			a.right()
			return nil, fail.New(fail.Limit, "access.sign_in_limit", "Minutes", int(math.Ceil(wait.Minutes()))).In(wait)
		}
	}
	return a, nil
}
