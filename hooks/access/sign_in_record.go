package access

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
)

const collectionSignIns = "sign_ins"

// Kinds of sign-in.
const (
	kindConsole = "console" // a browser with the cookie
	kindAPI     = "api"     // a token from PocketBase's endpoint
	kindFailed  = "failed"  // an attempt, over as it began
)

// Why a sign-in has ended, or an attempt failed.
const (
	whySignedOut = "signed_out"
	whyElsewhere = "elsewhere" // on another browser, and one at a time is allowed
	whyPassword  = "password"  // it was changed
	whyTwoStep   = "two_step"  // it was switched on or off
	whyDisabled  = "disabled"  // the account
	whyEnded     = "ended"     // from the list of open ones
	whyExpired   = "expired"
	whyIdle      = "idle"

	whyWrongPassword = "wrong_password"
	whyWrongCode     = "wrong_code"
	whyRefused       = "refused" // a disabled account
)

var _ core.RecordProxy = (*signIn)(nil)

// signIn is one device on which somebody is signed in. It is live until it is
// ended, reaches its end, or, in a browser, was idle for too long.
type signIn struct{ core.BaseRecordProxy }

// signInTrail: that a device was used is no act.
var signInTrail = audit.Fields{
	On: "staff", Ignore: []string{"staff", "hash", "seen", "ends"}, Turns: map[string][2]string{"ended": {"ended", "reopened"}},
}

func newSignIn(app core.App, staff, kind string, from Device, ends time.Time) (*signIn, error) {
	collection, err := app.FindCachedCollectionByNameOrId(collectionSignIns)
	if err != nil {
		return nil, err
	}
	s := &signIn{}
	s.SetProxyRecord(core.NewRecord(collection))
	s.Id = core.GenerateDefaultRandomId()
	s.Set("staff", staff)
	s.Set("kind", kind)
	s.Set("device", clip(from.Name, 300))
	s.Set("address", clip(from.Address, 60))
	s.Set("seen", types.NowDateTime())
	s.Set("ends", ends)
	return s, nil
}

func (s *signIn) staff() string       { return s.GetString("staff") }
func (s *signIn) kind() string        { return s.GetString("kind") }
func (s *signIn) why() string         { return s.GetString("why") }
func (s *signIn) began() time.Time    { return s.GetDateTime("created").Time() }
func (s *signIn) seen() time.Time     { return s.GetDateTime("seen").Time() }
func (s *signIn) ends() time.Time     { return s.GetDateTime("ends").Time() }
func (s *signIn) endedAt() time.Time  { return s.GetDateTime("ended").Time() }
func (s *signIn) ended() bool         { return !s.GetDateTime("ended").IsZero() }
func (s *signIn) setHash(hash string) { s.Set("hash", hash) }

func (s *signIn) end(why string, now time.Time) {
	s.Set("ended", now)
	s.Set("why", why)
}

// ending is the end of s as an error.
func (s *signIn) ending() error {
	if s.why() == whyElsewhere {
		return ErrElsewhere
	}
	return errSignedOut
}

func (s *signIn) session() *session {
	one := &session{id: s.Id, staff: s.staff(), kind: s.kind(), began: s.began(), ends: s.ends()}
	one.seen.Store(s.seen().Unix())
	return one
}

// public is s as it is shown to people.
func (s *signIn) public() SignIn {
	return SignIn{
		ID: s.Id, Kind: s.kind(), Device: Device{Name: s.GetString("device"), Address: s.GetString("address")}, Why: s.why(),
		Began: s.began(), Seen: s.seen(), Ended: s.endedAt(),
	}
}

func signInBy(app core.App, field, value string) (*signIn, error) {
	s := &signIn{}
	if err := app.RecordQuery(collectionSignIns).AndWhere(dbx.HashExp{field: value}).Limit(1).One(s); err != nil {
		return nil, fmt.Errorf("sign-in: %w", err)
	}
	return s, nil
}

// signInsOf lists what of one person has not been ended.
func signInsOf(app core.App, staff string) ([]*signIn, error) {
	var list []*signIn
	if err := app.RecordQuery(collectionSignIns).AndWhere(dbx.HashExp{"staff": staff, "ended": ""}).OrderBy("seen DESC", "id").All(&list); err != nil {
		return nil, fmt.Errorf("sign-ins: %w", err)
	}
	return list, nil
}

// signInHistory lists what of one person is remembered, failed attempts too, the
// newest first.
func signInHistory(app core.App, staff string, most int64) ([]*signIn, error) {
	var list []*signIn
	err := app.RecordQuery(collectionSignIns).AndWhere(dbx.HashExp{"staff": staff}).OrderBy("created DESC", "id").Limit(most).All(&list)
	if err != nil {
		return nil, fmt.Errorf("history of sign-ins: %w", err)
	}
	return list, nil
}

// lastConsole is the browser on which somebody signed in last.
func lastConsole(app core.App, staff string) (SignIn, error) {
	s := &signIn{}
	err := app.RecordQuery(collectionSignIns).AndWhere(dbx.HashExp{"staff": staff, "kind": kindConsole}).OrderBy("created DESC", "id").Limit(1).One(s)
	if err != nil {
		return SignIn{}, fmt.Errorf("last sign-in: %w", err)
	}
	return s.public(), nil
}

// overdueSignIns lists some of those that have come to their end. When one was
// last seen is known here to the minute.
func overdueSignIns(app core.App, rules Security, now time.Time) ([]*signIn, error) {
	var list []*signIn
	err := app.RecordQuery(collectionSignIns).
		AndWhere(dbx.NewExp("ended = '' AND (ends <= {:now} OR kind = 'console' AND (seen <= {:idle} OR created <= {:began}))", dbx.Params{
			"now": clock.Stored(now), "idle": clock.Stored(now.Add(-rules.idle() - seenEvery)), "began": clock.Stored(now.Add(-rules.longest())),
		})).Limit(100).All(&list)
	if err != nil {
		return nil, fmt.Errorf("overdue sign-ins: %w", err)
	}
	return list, nil
}

// noteFailure keeps an attempt that failed; staff is "" where there is no such
// account, so that the answer takes as long. It changes no rights, and so goes
// past the record's hooks.
func noteFailure(app core.App, staff, why string, from Device) error {
	now := clock.Stored(time.Now())
	_, err := app.DB().Insert(collectionSignIns, dbx.Params{
		"id": core.GenerateDefaultRandomId(), "staff": staff, "kind": kindFailed, "why": why, "device": clip(from.Name, 300),
		"address": clip(from.Address, 60), "created": now, "seen": now, "ends": now, "ended": now,
	}).Execute()
	if err != nil {
		return fmt.Errorf("note a failed attempt: %w", err)
	}
	return nil
}

// markSeen notes that a device was used. It is no change of rights, so it goes
// past the record's hooks.
func markSeen(app core.App, id string, now time.Time) {
	_, err := app.DB().Update(collectionSignIns, dbx.Params{"seen": clock.Stored(now)}, dbx.HashExp{"id": id}).Execute()
	if err != nil {
		app.Logger().Warn("sign-in not marked as seen", "error", err)
	}
}

// forget drops the history of sign-ins whose end is long past.
func forget(app core.App, now time.Time) error {
	_, err := app.DB().Delete(collectionSignIns, dbx.NewExp("ends < {:before}", dbx.Params{"before": clock.Stored(now.Add(-remembered))})).Execute()
	return err
}

func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}
