package access

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
)

const collectionSignIns = "sign_ins"

// Kinds of sign-in.
const (
	kindConsole = "console" // a browser with the cookie
	kindAPI     = "api"     // a token from PocketBase's endpoint
)

var _ core.RecordProxy = (*signIn)(nil)

// signIn is one device on which somebody is signed in. It is live until it is
// ended, reaches its end, or, in a browser, was idle for too long.
type signIn struct{ core.BaseRecordProxy }

// signInTrail: that somebody signs in is their own doing, although they are
// nobody yet when it happens. That a device was used is no act.
var signInTrail = audit.Fields{
	On: "staff", Ignore: []string{"staff", "hash", "seen", "ends"}, Turns: map[string][2]string{"ended": {"ended", "reopened"}},
	Tell: func(e *audit.Entry, before, after *core.Record) bool {
		if before == nil && e.Actor.Kind == audit.System {
			e.Actor = &audit.Actor{Kind: audit.Staff, ID: e.Object.ID, Name: e.Object.Name, Address: after.GetString("address")}
		}
		return true
	},
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
func (s *signIn) seen() time.Time     { return s.GetDateTime("seen").Time() }
func (s *signIn) ends() time.Time     { return s.GetDateTime("ends").Time() }
func (s *signIn) ended() bool         { return !s.GetDateTime("ended").IsZero() }
func (s *signIn) setHash(hash string) { s.Set("hash", hash) }
func (s *signIn) end(now time.Time)   { s.Set("ended", now) }

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
	if err := app.RecordQuery(collectionSignIns).AndWhere(dbx.HashExp{"staff": staff, "ended": ""}).All(&list); err != nil {
		return nil, fmt.Errorf("sign-ins: %w", err)
	}
	return list, nil
}

// markSeen notes that a device was used. It is no change of rights, so it goes
// past the record's hooks.
func markSeen(app core.App, id string, now time.Time) {
	at, err := types.ParseDateTime(now)
	if err == nil {
		_, err = app.DB().Update(collectionSignIns, dbx.Params{"seen": at.String()}, dbx.HashExp{"id": id}).Execute()
	}
	if err != nil {
		app.Logger().Warn("sign-in not marked as seen", "error", err)
	}
}

// forget drops the history of sign-ins whose end is long past.
func forget(app core.App, now time.Time) error {
	before, err := types.ParseDateTime(now.Add(-remembered))
	if err != nil {
		return err
	}
	_, err = app.DB().Delete(collectionSignIns, dbx.NewExp("ends < {:before}", dbx.Params{"before": before.String()})).Execute()
	return err
}

func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}
