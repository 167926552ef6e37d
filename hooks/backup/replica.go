package backup

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/files"
	"github.com/dianxiaoer/xiaoer/hooks/keys"
	"github.com/dianxiaoer/xiaoer/hooks/replica"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// Replica is where the warm copy goes, as the settings keep it: the secret is
// sealed.
type Replica struct {
	To     string `json:"to"`
	Key    string `json:"key"`
	Sealed string `json:"secret"`
}

const (
	replicaKey     = "replica"     // in the settings
	replicaKeyFile = "replica.key" // seals the secret, and tells this desk from others
	warmKey        = "backup.warm"
)

func (r Replica) check() error {
	if r.To == "" {
		return nil
	}
	if _, err := (replica.Address{To: r.To}).Open(); err != nil {
		return fail.New(fail.Invalid, "backup.to_wrong").On("to").Because(err)
	}
	return nil
}

// keep keeps an address without showing its secret to who reads the database.
func keep(app core.App, a replica.Address) (Replica, error) {
	r := Replica{To: a.To, Key: a.Key}
	if a.Secret == "" {
		return r, nil
	}
	key, err := keys.Of(app, replicaKeyFile)
	if err != nil {
		return r, err
	}
	raw, err := keys.Seal(key, []byte(a.Secret), replicaKey)
	r.Sealed = base64.RawStdEncoding.EncodeToString(raw)
	return r, err
}

// open is the address with its secret.
func (r Replica) open(app core.App) (replica.Address, error) {
	a := replica.Address{To: r.To, Key: r.Key}
	if r.Sealed == "" {
		return a, nil
	}
	key, err := keys.Of(app, replicaKeyFile)
	if err != nil {
		return a, err
	}
	raw, err := base64.RawStdEncoding.DecodeString(r.Sealed)
	if err != nil {
		return a, fmt.Errorf("the replica's secret: %w", err)
	}
	if raw, err = keys.Open(key, raw, replicaKey); err != nil {
		return a, fmt.Errorf("the replica's secret: %w", err)
	}
	a.Secret = string(raw)
	return a, nil
}

// warm keeps the follower that is wanted.
type warm struct {
	told replica.Address // by the program's flag

	mu       sync.Mutex
	serving  bool
	at       replica.Address
	follower *replica.Follower
	wrong    error // why there is none although one is wanted

	cases *cases
}

// ReplicaStatus is how the warm copy of app's desk does; on is false where none
// is wanted.
func ReplicaStatus(app core.App) (s replica.Status, on bool) {
	w, ok := app.Store().Get(warmKey).(*warm)
	if !ok {
		return s, false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.follower != nil:
		return w.follower.Status(), true
	case w.wrong != nil:
		return replica.Status{Failing: w.wrong}, true
	}
	return s, false
}

// watch tells people when the copy falls behind, and when it is in step again.
func (w *warm) watch(app core.App, now time.Time) error {
	s, on := ReplicaStatus(app)
	if !on {
		w.cases.drop(caseWarm)
		w.cases.drop(caseTaken)
		return nil
	}
	taken := errors.Is(s.Failing, replica.ErrTaken)
	var err error
	if taken || s.Failing == nil { // a place that does not answer does not say whose it is
		err = w.cases.see(app, caseTaken, taken)
	}
	if taken {
		return err // that it is behind as well is known by this
	}
	return errors.Join(err, w.cases.see(app, caseWarm, s.Given || s.Age(now) > replica.Old))
}

func (w *warm) begin(app core.App) {
	w.mu.Lock()
	w.serving = true
	w.mu.Unlock()
	w.apply(app)
}

// apply follows what is wanted now, where that is another place than before.
func (w *warm) apply(app core.App) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.serving {
		return
	}
	defer w.yield(app)
	a, err := w.wanted(app)
	if err == nil && a == w.at && a.To != "" {
		return
	}
	w.drop(app)
	switch {
	case err != nil:
	case a.To == "": // whoever wants one again says that this desk is the one to be copied
		err = replica.Forget(app.DataDir())
	default:
		var mine []byte
		if mine, err = keys.Of(app, replicaKeyFile); err == nil {
			sum := sha256.Sum256(append([]byte("desk "), mine...))
			w.follower, err = replica.Follow(replica.Desk{Dir: app.DataDir(), Name: hex.EncodeToString(sum[:16]), Hold: holding(app), Named: naming(app)}, a, slog.Default())
		}
	}
	if err != nil {
		app.Logger().Error("the warm copy", "error", err)
		w.wrong = err
		return
	}
	w.at = a
	replica.Keep(app, w.follower)
}

// naming asks whether a row names an upload.
func naming(app core.App) func(id string) (bool, error) {
	return func(id string) (bool, error) {
		found, err := files.ByIDs(app, []string{id})
		return found[id] != nil, err
	}
}

// holding keeps the one connection that writes.
func holding(app core.App) replica.Hold {
	return func(ctx context.Context, act func() error) error {
		db, ok := app.NonconcurrentDB().(*dbx.DB)
		if !ok {
			return errors.New("app is in a transaction")
		}
		c, err := db.DB().Conn(ctx)
		if err != nil {
			return fmt.Errorf("hold the writers: %w", err)
		}
		defer func() { _ = c.Close() }()
		return act()
	}
}

// yield leaves cutting the log to who follows it: while it is held, each commit
// behind [replica.CutAt] would try in vain, and sort the log for it. The
// most stays bounded, should nobody cut. The connection is opened anew now and
// then, so it is told again each minute.
func (w *warm) yield(app core.App) {
	pages := replica.CutAt
	if w.follower != nil {
		pages = replica.CutHard
	}
	if _, err := app.NonconcurrentDB().NewQuery(fmt.Sprintf("PRAGMA wal_autocheckpoint = %d", pages)).Execute(); err != nil {
		app.Logger().Error("the warm copy", "error", err)
	}
}

func (w *warm) wanted(app core.App) (replica.Address, error) {
	if w.told.To != "" {
		return w.told, nil
	}
	return settings.Load(app, replicaKey, Replica{}).open(app)
}

// drop ends what is being followed.
func (w *warm) drop(app core.App) {
	replica.Keep(app, nil)
	if w.follower != nil {
		w.follower.Close()
	}
	w.follower, w.at, w.wrong = nil, replica.Address{}, nil
}

func (w *warm) end(app core.App) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.serving = false
	w.drop(app)
}
