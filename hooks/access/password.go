package access

import (
	"cmp"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"
	"golang.org/x/crypto/bcrypt"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

const (
	mostPassword = 71  // bytes; bcrypt reads no more
	mostGuess    = 255 // bytes of a password that is worth comparing
)

// validPassword checks the password that is being set.
func validPassword(app core.App, s *Staff) error {
	password := s.newPassword()
	if password == "" {
		return nil // it stays, or PocketBase says that it is missing
	}
	return CheckPassword(app, password, s.own()...)
}

// CheckPassword refuses what is shorter than the rules say, what everybody
// guesses, and what is like the person's own name or address.
func CheckPassword(app core.App, password string, own ...string) error {
	return checkPassword(SecurityOf(app).PasswordLeast, password, own...)
}

func checkPassword(least int, password string, own ...string) error {
	switch {
	case utf8.RuneCountInString(password) < least:
		return fail.New(fail.Invalid, "access.password_short", "Least", least).On("password")
	case len(password) > mostPassword:
		return fail.New(fail.Invalid, "access.password_long", "Most", mostPassword).On("password")
	case isCommon(password):
		return fail.New(fail.Invalid, "access.password_common").On("password")
	}
	lower := strings.ToLower(password)
	for _, word := range own {
		word, _, _ = strings.Cut(strings.ToLower(word), "@")
		if len(word) >= 3 && strings.Contains(lower, word) && len(lower)-len(word) < 5 {
			return fail.New(fail.Invalid, "access.password_own").On("password")
		}
	}
	return nil
}

// monotonous is one sign over and over, or a run such as 23456789 or hgfedcba.
func monotonous(s string) bool {
	r := []rune(s)
	step := r[1] - r[0]
	if step < -1 || step > 1 {
		return false
	}
	for i := 2; i < len(r); i++ {
		if r[i]-r[i-1] != step {
			return false
		}
	}
	return true
}

// stranger is the hash that is compared with when there is no such account, so
// that the answer takes as long. It costs what the collection's own hashes do.
func stranger(app core.App, collection string) ([]byte, error) {
	c, err := app.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		return nil, fmt.Errorf("cost of a password: %w", err)
	}
	cost := bcrypt.DefaultCost
	if f, ok := c.Fields.GetByName(core.FieldNamePassword).(*core.PasswordField); ok && f.Cost > 0 {
		cost = f.Cost
	}
	return hashOf(cost)
}

// hashOf makes each once.
func hashOf(cost int) ([]byte, error) {
	made, _ := strangers.LoadOrStore(cost, sync.OnceValues(func() ([]byte, error) {
		return bcrypt.GenerateFromPassword([]byte("nobody has this one"), cost)
	}))
	hash, _ := made.(func() ([]byte, error))
	return hash()
}

var strangers sync.Map // cost → its hash

var errWrong = fail.New(fail.Unauthorized, "access.sign_in_wrong").On("password")

// authenticate returns who has this identity and password. Unknown, disabled
// and mistaken all give the same answer after the same work: one comparison, and
// one line in the history.
func (g *guesses) authenticate(e *core.RequestEvent, identity, password string) (*Staff, error) {
	if len(identity) > mostGuess || len(password) > mostGuess {
		return nil, errWrong
	}
	from := deviceOf(e)
	try, err := g.password(identityKey(identity), from.Address)
	if err != nil {
		return nil, err
	}
	s, err := StaffByIdentity(e.App, identity)
	if err != nil && fail.Of(err).Kind.Retry() {
		try.right()
		return nil, err
	}
	hash, errHash := stranger(e.App, Collection)
	if errHash != nil {
		return nil, errHash
	}
	id, why := "", whyWrongPassword
	if err == nil {
		hash, id = []byte(passwordHash(s.ProxyRecord())), s.Id
	}
	right := g.compare(hash, []byte(password)) == nil
	switch {
	case id == "":
	case s.Disabled():
		why = whyRefused
	case right:
		try.right()
		return s, nil
	}
	if err := failed(e.App, id, why, from); err != nil {
		return nil, err
	}
	return nil, errWrong
}

// identityKey is what attempts at an identity are counted by: the same for all
// the ways to write it that find the same account.
func identityKey(identity string) string {
	if strings.Contains(identity, "@") {
		return normalEmail(identity)
	}
	return normalPhone(identity)
}

// confirm asks somebody who is signed in for their password once more, before
// what matters.
func (g *guesses) confirm(e *core.RequestEvent, s *Staff, password, field string) error {
	wrong := fail.New(fail.Invalid, "access.password_wrong").On(field)
	if len(password) > mostGuess {
		return wrong
	}
	from := deviceOf(e)
	try, err := g.password(identityKey(cmp.Or(s.Email(), s.Phone())), from.Address)
	if err != nil {
		return err
	}
	if g.compare([]byte(passwordHash(s.ProxyRecord())), []byte(password)) != nil {
		if err := failed(e.App, s.Id, whyWrongPassword, from); err != nil {
			return err
		}
		return wrong
	}
	try.right()
	return nil
}

// failed keeps an attempt, in the history and the audit trail. Attempts at what
// is no account are kept as well, so that they take as long.
func failed(app core.App, staff, why string, from Device) error {
	return asStranger(app, from).RunInTransaction(func(app core.App) error {
		if err := noteFailure(app, staff, why, from); err != nil {
			return err
		}
		return tell(app, actFailed, staff, why)
	})
}
