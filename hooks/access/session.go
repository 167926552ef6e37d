package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// How long a browser stays signed in: half a day without a click, and 30 days
// in any case. A token's end is its collection's.
const (
	idle       = 12 * time.Hour
	longest    = 30 * 24 * time.Hour
	seenEvery  = 5 * time.Minute
	remembered = 90 * 24 * time.Hour // after its end, as history
)

// Names of the sign-in cookie. Browsers take the prefix, which no subdomain can
// set, only under HTTPS.
const (
	cookieSecure = "__Host-xiaoer"
	cookiePlain  = "xiaoer"
)

// claimSignIn binds a token to its sign_ins row.
const claimSignIn = "sid"

var errSignedOut = fail.New(fail.Unauthorized, "fail.unauthorized")

// Device is where somebody signs in from.
type Device struct{ Name, Address string }

// session is a sign-in that was found live once; what may have ended since is
// checked at each use.
type session struct {
	id, staff, kind string
	ends            time.Time
	seen            atomic.Int64 // Unix seconds
}

func (s *session) live(now time.Time) bool {
	if !now.Before(s.ends) {
		return false
	}
	return s.kind != kindConsole || now.Sub(time.Unix(s.seen.Load(), 0)) < idle
}

// ByCookie returns who the browser's cookie says, or fail.Unauthorized, which it
// is also while their password must be changed.
func ByCookie(app core.App, r *http.Request) (*Person, error) { return settled(byCookie(app, r)) }

func byCookie(app core.App, r *http.Request) (*Person, error) {
	id := cookieValue(r)
	if id == "" {
		return nil, errSignedOut
	}
	return present(app, "hash", digest(id), func() (*signIn, error) {
		s, err := signInBy(app, "hash", digest(id))
		if err == nil && s.kind() != kindConsole {
			err = errSignedOut
		}
		return s, err
	})
}

// ByToken returns who a staff token of PocketBase's says, or fail.Unauthorized.
// The token counts only together with its live sign-in.
func ByToken(app core.App, token string) (*Person, error) { return settled(byToken(app, token)) }

// settled refuses who has an initial password still.
func settled(p *Person, err error) (*Person, error) {
	if err == nil && p.MustChange {
		return nil, errMustChange
	}
	return p, err
}

func byToken(app core.App, token string) (*Person, error) {
	if token == "" {
		return nil, errSignedOut
	}
	return present(app, "token", digest(token), func() (*signIn, error) { return signInByToken(app, token) })
}

func signInByToken(app core.App, token string) (*signIn, error) {
	record, err := app.FindAuthRecordByToken(token, core.TokenTypeAuth)
	if err != nil {
		return nil, err
	}
	claims, err := security.ParseUnverifiedJWT(token) // verified by the line above
	if err != nil {
		return nil, err
	}
	id, _ := claims[claimSignIn].(string)
	if record.Collection().Name != Collection || id == "" {
		return nil, errSignedOut
	}
	s, err := signInBy(app, "id", id)
	if err != nil {
		return nil, err
	}
	if s.kind() != kindAPI || s.staff() != record.Id {
		return nil, errSignedOut
	}
	return s, nil
}

// Refresh returns p as they are now, by the same sign-in: fail.Unauthorized
// when the account was disabled or the sign-in has ended.
func Refresh(app core.App, p *Person) (*Person, error) {
	if p.SignIn != "" {
		return settled(present(app, "id", p.SignIn, func() (*signIn, error) { return signInBy(app, "id", p.SignIn) }))
	}
	fresh, err := ByID(app, p.ID)
	if err != nil || fresh.Disabled {
		return nil, errSignedOut
	}
	return fresh, nil
}

// present finds the session that was presented as key, by find when it is not
// known at this version of the rights, and the person it belongs to.
func present(app core.App, how, key string, find func() (*signIn, error)) (*Person, error) {
	everybody, err := now(app)
	if err != nil {
		return nil, err
	}
	known, ok := everybody.sessions.Load(how + key)
	s, _ := known.(*session)
	if !ok {
		row, err := find()
		if err != nil {
			return nil, signedOut(err)
		}
		if row.ended() {
			return nil, errSignedOut
		}
		s = &session{id: row.Id, staff: row.staff(), kind: row.kind(), ends: row.ends()}
		s.seen.Store(row.seen().Unix())
	}
	at := time.Now()
	if !s.live(at) {
		return nil, errSignedOut
	}
	person, ok := everybody.people[s.staff]
	if !ok || person.Disabled {
		return nil, errSignedOut
	}
	everybody.sessions.Store(how+key, s)
	if seen := s.seen.Load(); at.Sub(time.Unix(seen, 0)) > seenEvery && s.seen.CompareAndSwap(seen, at.Unix()) {
		markSeen(app, s.id, at)
	}
	p := *person
	p.SignIn = s.id
	return &p, nil
}

// signedOut keeps the server's own faults apart from wrong credentials, so that
// a locked database signs nobody out.
func signedOut(err error) error {
	if f := fail.Of(err); f.Kind == fail.Busy || f.Kind == fail.Full {
		return f
	}
	return errSignedOut.Because(err)
}

// begin signs staff in on a browser: the returned value goes into the cookie,
// its digest into the row.
func begin(app core.App, staff string, from Device) (value string, err error) {
	raw := make([]byte, 32)
	if _, err = rand.Read(raw); err != nil {
		return "", err
	}
	value = base64.RawURLEncoding.EncodeToString(raw)
	s, err := newSignIn(app, staff, kindConsole, from, time.Now().Add(longest))
	if err != nil {
		return "", err
	}
	s.setHash(digest(value))
	if err := app.Save(s); err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	return value, nil
}

// issue makes a token like PocketBase's own, bound to a new sign-in.
func issue(app core.App, record *core.Record, from Device) (string, error) {
	duration := record.Collection().AuthToken.DurationTime()
	s, err := newSignIn(app, record.Id, kindAPI, from, time.Now().Add(duration))
	if err != nil {
		return "", err
	}
	if err := app.Save(s); err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	return security.NewJWT(jwt.MapClaims{
		core.TokenClaimType: core.TokenTypeAuth, core.TokenClaimId: record.Id, core.TokenClaimCollectionId: record.Collection().Id,
		core.TokenClaimRefreshable: false, claimSignIn: s.Id,
	}, record.TokenKey()+record.Collection().AuthToken.Secret, duration)
}

// EndSignIns ends every sign-in of staff, but the one with the id except.
func EndSignIns(app core.App, staff, except string) error {
	list, err := signInsOf(app, staff)
	if err != nil {
		return err
	}
	for _, s := range list {
		if s.Id == except {
			continue
		}
		s.end(time.Now())
		if err := app.Save(s); err != nil {
			return fmt.Errorf("end sign-in: %w", err)
		}
	}
	return nil
}

// EndSignIn ends one sign-in.
func EndSignIn(app core.App, id string) error {
	s, err := signInBy(app, "id", id)
	if err != nil {
		return err
	}
	s.end(time.Now())
	return app.Save(s)
}

func cookieValue(r *http.Request) string {
	name := cookiePlain
	if web.SecureRequest(r) {
		name = cookieSecure
	}
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

func setCookie(e *core.RequestEvent, value string, maxAge time.Duration) {
	c := &http.Cookie{Name: cookiePlain, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: int(maxAge.Seconds())}
	if web.Secure(e) {
		c.Name, c.Secure = cookieSecure, true
	}
	if value == "" {
		c.MaxAge = -1
	}
	e.SetCookie(c)
}

func bearer(r *http.Request) string {
	token := r.Header.Get("Authorization")
	if len(token) > 7 && strings.EqualFold(token[:7], "Bearer ") {
		return token[7:]
	}
	return token
}

func deviceOf(e *core.RequestEvent) Device {
	return Device{Name: e.Request.UserAgent(), Address: web.Address(e)}
}

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
