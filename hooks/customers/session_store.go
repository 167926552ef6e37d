package customers

import (
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

const tokenBytes = 32

// encoding is strict, so that each token has exactly one spelling.
var encoding = base64.RawURLEncoding.Strict()

func newToken() string {
	var bits [tokenBytes]byte
	_, _ = rand.Read(bits[:]) // never fails
	return encoding.EncodeToString(bits[:])
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func now() types.DateTime { return types.NowDateTime() }

var errUnknown = fail.New(fail.Unauthorized, "customers.unknown_token")

// BySession returns the contact whose browser holds token, and the session's
// id. The answer to a wrong, unknown or dead token is fail.Unauthorized.
func BySession(app core.App, token string) (*Contact, string, error) {
	s, err := sessionOf(app, token)
	if err != nil {
		return nil, "", err
	}
	c, err := ContactByID(app, s.contact())
	if err != nil {
		return nil, "", unknown(err)
	}
	if now().Sub(s.seen()) > seenEvery {
		if err := touch(app, s); err != nil {
			app.Logger().Warn("noting that a visitor was seen", "error", err) // they can be served all the same
		}
	}
	return c, s.Id, nil
}

// SessionAlive returns the contact of a session that still lives, without its
// token; fail.Unauthorized otherwise.
func SessionAlive(app core.App, id string) (string, error) {
	s, err := findSession(app, dbx.HashExp{"id": id})
	if err != nil {
		return "", err
	}
	return s.contact(), nil
}

func sessionOf(app core.App, token string) (*session, error) {
	if raw, err := encoding.DecodeString(token); err != nil || len(raw) != tokenBytes {
		return nil, errUnknown
	}
	return findSession(app, dbx.HashExp{"hash": hashOf(token)})
}

func findSession(app core.App, where dbx.Expression) (*session, error) {
	s := &session{}
	if err := app.RecordQuery(Sessions).AndWhere(where).Limit(1).One(s); err != nil {
		return nil, unknown(err)
	}
	if s.dead(time.Now()) {
		return nil, errUnknown
	}
	return s, nil
}

// sessionsOf lists a contact's, the oldest first.
func sessionsOf(app core.App, contact string) ([]*session, error) {
	var all []*session
	if err := app.RecordQuery(Sessions).AndWhere(dbx.HashExp{"contact": contact}).OrderBy("created", "id").All(&all); err != nil {
		return nil, fmt.Errorf("sessions of contact %s: %w", contact, err)
	}
	return all, nil
}

// unknown turns "no such row" into "sign in again", and nothing else: a fault
// of the database must not make a browser throw its token away.
func unknown(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errUnknown.Because(err)
	}
	return fmt.Errorf("visitor's session: %w", err)
}

// touch notes that a session was used, and its contact seen.
func touch(app core.App, s *session) error {
	return app.RunInTransaction(func(app core.App) error {
		for table, id := range map[string]string{Sessions: s.Id, Contacts: s.contact()} {
			if _, err := app.NonconcurrentDB().Update(table, dbx.Params{"seen": now().String()}, dbx.HashExp{"id": id}).Execute(); err != nil {
				return err
			}
		}
		return nil
	})
}

// begin gives contact a new session and returns its token.
func begin(app core.App, contact string) (token, id string, err error) {
	token = newToken()
	s, err := newSession(app, contact, hashOf(token), now())
	if err != nil {
		return "", "", err
	}
	if err := app.Save(s); err != nil {
		return "", "", fmt.Errorf("visitor's session: %w", err)
	}
	return token, s.Id, nil
}
