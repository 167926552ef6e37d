package customers

import (
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// Sessions is where visitors' sessions are kept.
const Sessions = "visitor_sessions"

// A session dies unused after a year. That it was used is written at most once
// an hour, because every call of a visitor uses it.
const (
	sessionLife = 365 * 24 * time.Hour
	seenEvery   = time.Hour
)

var _ core.RecordProxy = (*session)(nil)

// session is a visitor's browser or app, known by its token's hash.
type session struct{ core.BaseRecordProxy }

func newSession(app core.App, contact, hash string, now types.DateTime) (*session, error) {
	collection, err := app.FindCachedCollectionByNameOrId(Sessions)
	if err != nil {
		return nil, err
	}
	s := &session{}
	s.SetProxyRecord(core.NewRecord(collection))
	s.Set("contact", contact)
	s.Set("hash", hash)
	s.Set("seen", now)
	return s, nil
}

func (s *session) contact() string         { return s.GetString("contact") }
func (s *session) seen() types.DateTime    { return s.GetDateTime("seen") }
func (s *session) created() types.DateTime { return s.GetDateTime("created") }

func (s *session) dead(now time.Time) bool { return now.Sub(s.seen().Time()) > sessionLife }
