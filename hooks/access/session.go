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

const (
	seenEvery  = time.Minute         // how finely use is noted
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

// ErrElsewhere says that the sign-in has ended because the same person signed
// in on another browser, and holds one at a time.
var ErrElsewhere = fail.New(fail.Unauthorized, "signin.elsewhere")

// Device is where somebody signs in from.
type Device struct{ Name, Address string }

// session is a sign-in that was found live once; what may have ended since is
// checked at each use.
type session struct {
	id, staff, kind string
	began, ends     time.Time
	seen            atomic.Int64 // Unix seconds
}

// over says why s has come to its end by now, "" while it has not.
func (s *session) over(rules Security, now time.Time) string {
	switch {
	case !now.Before(s.ends), s.kind == kindConsole && now.Sub(s.began) >= rules.longest():
		return whyExpired
	case s.kind == kindConsole && now.Sub(time.Unix(s.seen.Load(), 0)) >= rules.idle():
		return whyIdle
	}
	return ""
}

// use notes that somebody did something by s.
func (s *session) use(app core.App, now time.Time) {
	if seen := s.seen.Load(); now.Sub(time.Unix(seen, 0)) >= seenEvery && s.seen.CompareAndSwap(seen, now.Unix()) {
		markSeen(app, s.id, now)
	}
}

// ByCookie returns who the browser's cookie says, or fail.Unauthorized, which it
// is also while they have something to do first.
func ByCookie(app core.App, r *http.Request) (*Person, error) {
	p, err := byCookie(app, r)
	return settled(app, p, err)
}

func byCookie(app core.App, r *http.Request) (*Person, error) {
	id := cookieValue(r, cookieSecure, cookiePlain)
	if id == "" {
		return nil, errSignedOut
	}
	return present(app, "hash", digest(id), func() (*signIn, error) { return signInByCookie(app, id) })
}

func signInByCookie(app core.App, id string) (*signIn, error) {
	s, err := signInBy(app, "hash", digest(id))
	if err == nil && s.kind() != kindConsole {
		err = errSignedOut
	}
	return s, err
}

// ByToken returns who a staff token of PocketBase's says, or fail.Unauthorized.
// The token counts only together with its live sign-in.
func ByToken(app core.App, token string) (*Person, error) {
	p, err := byToken(app, token)
	return settled(app, p, err)
}

// settled refuses who has something to do first.
func settled(app core.App, p *Person, err error) (*Person, error) {
	if err == nil {
		err = owes(app, p)
	}
	if err != nil {
		return nil, err
	}
	return p, nil
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
// when the account was disabled, the sign-in has ended or there is something to
// do first. To look is no use: an idle sign-in stays idle.
func Refresh(app core.App, p *Person) (*Person, error) {
	if p.SignIn != "" {
		fresh, err := present(app, "id", p.SignIn, func() (*signIn, error) { return signInBy(app, "id", p.SignIn) })
		return settled(app, fresh, err)
	}
	fresh, err := ByID(app, p.ID)
	if err != nil || fresh.Disabled {
		return nil, errSignedOut
	}
	return fresh, nil
}

// Use is [Refresh] for somebody who has just done something.
func Use(app core.App, p *Person) (*Person, error) {
	fresh, err := Refresh(app, p)
	if err == nil && fresh.session != nil {
		fresh.session.use(app, time.Now())
	}
	return fresh, err
}

// present finds the session that was presented as key, by find when it is not
// known at this version of the rights, and the person it belongs to. However a
// sign-in is presented, there is one session of it.
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
			return nil, row.ending()
		}
		s = row.session()
	}
	if s.over(SecurityOf(app), time.Now()) != "" {
		return nil, errSignedOut
	}
	person, known2 := everybody.people[s.staff]
	if !known2 || person.Disabled {
		return nil, errSignedOut
	}
	if !ok {
		one, _ := everybody.sessions.LoadOrStore("id"+s.id, s)
		s, _ = one.(*session)
		everybody.sessions.Store(how+key, s)
	}
	p := *person
	p.SignIn, p.session = s.id, s
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
// its digest into the row. Who holds one browser at a time leaves the others. s
// is the account as it was when it was found to be theirs.
func begin(app core.App, s *Staff, from Device) (value string, err error) {
	value = secret()
	if err = asSelf(app, s, from).RunInTransaction(func(app core.App) error { return beginIn(app, s, digest(value), from) }); err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	return value, nil
}

// stillTheirs refuses what is begun with an account whose password or address is
// another by now, or which was disabled: a password takes its time to compare,
// and what ends the sign-ins meanwhile must end this one too.
func stillTheirs(app core.App, s *Staff) error {
	now, err := StaffByID(app, s.Id)
	if err != nil {
		return err
	}
	if now.Disabled() || now.TokenKey() != s.TokenKey() {
		return errWrong
	}
	return nil
}

func beginIn(app core.App, s *Staff, hash string, from Device) error {
	if err := stillTheirs(app, s); err != nil {
		return err
	}
	p, err := ByID(app, s.Id)
	if err != nil {
		return err
	}
	rules := SecurityOf(app)
	if rules.oneSignIn(p) {
		if err = endWhere(app, s.Id, whyElsewhere, func(one *signIn) bool { return one.kind() == kindConsole }); err != nil {
			return err
		}
	}
	one, err := newSignIn(app, s.Id, kindConsole, from, time.Now().Add(rules.longest()))
	if err != nil {
		return err
	}
	one.setHash(hash)
	return app.Save(one)
}

// issue makes a token like PocketBase's own, bound to a new sign-in.
func issue(app core.App, s *Staff, from Device) (string, error) {
	collection := s.Collection()
	duration := collection.AuthToken.DurationTime()
	one, err := newSignIn(app, s.Id, kindAPI, from, time.Now().Add(duration))
	if err != nil {
		return "", err
	}
	err = asSelf(app, s, from).RunInTransaction(func(app core.App) error {
		if err = stillTheirs(app, s); err != nil {
			return err
		}
		return app.Save(one)
	})
	if err != nil {
		return "", fmt.Errorf("sign in: %w", err)
	}
	return security.NewJWT(jwt.MapClaims{
		core.TokenClaimType: core.TokenTypeAuth, core.TokenClaimId: s.Id, core.TokenClaimCollectionId: collection.Id,
		core.TokenClaimRefreshable: false, claimSignIn: one.Id,
	}, s.TokenKey()+collection.AuthToken.Secret, duration)
}

// EndSignIns ends every sign-in of staff, but the one with the id except: in the
// dashboard, too.
func EndSignIns(app core.App, staff, except string) error {
	return app.RunInTransaction(func(app core.App) error {
		s, err := StaffByID(app, staff)
		if err != nil {
			return err
		}
		if err := endWhere(app, staff, whyEnded, func(s *signIn) bool { return s.Id != except }); err != nil {
			return err
		}
		return signOutSuperuser(app, s.Email())
	})
}

// EndSignIn ends one sign-in of staff. One that has ended already, or is
// somebody else's, is [fail.NotFound].
func EndSignIn(app core.App, staff, id string) error { return endOne(app, staff, id, whyEnded) }

func endOne(app core.App, staff, id, why string) error {
	found := false
	err := endWhere(app, staff, why, func(s *signIn) bool {
		found = found || s.Id == id
		return s.Id == id
	})
	if err == nil && !found {
		return fail.New(fail.NotFound, "fail.not_found")
	}
	return err
}

// endWhere ends the sign-ins of staff that which picks.
func endWhere(app core.App, staff, why string, which func(*signIn) bool) error {
	return app.RunInTransaction(func(app core.App) error {
		list, err := signInsOf(app, staff)
		if err != nil {
			return err
		}
		for _, s := range list {
			if !which(s) {
				continue
			}
			s.end(why, time.Now())
			if err := app.Save(s); err != nil {
				return fmt.Errorf("end sign-in: %w", err)
			}
		}
		return nil
	})
}

// all picks every one.
func all(*signIn) bool { return true }

// endOverdue ends what has come to its end by itself, so that open sockets learn
// of it without anybody's doing.
func endOverdue(app core.App, now time.Time) error {
	rules := SecurityOf(app)
	list, err := overdueSignIns(app, rules, now)
	if err != nil {
		return err
	}
	for _, s := range list {
		s.end(s.session().over(rules, now), now)
		if err := app.Save(s); err != nil {
			return fmt.Errorf("end sign-in: %w", err)
		}
	}
	return nil
}

// cookieValue is that of the cookie, by the name that fits the connection.
func cookieValue(r *http.Request, underTLS, plain string) string {
	name := plain
	if web.SecureRequest(r) {
		name = underTLS
	}
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

func setCookie(e *core.RequestEvent, value string, maxAge time.Duration) {
	writeCookie(e, &http.Cookie{ //nolint:gosec // writeCookie sets the rest
		Name: cookiePlain, Value: value, MaxAge: int(maxAge.Seconds()),
	}, cookieSecure)
}

// writeCookie sends c so that no script and no other site gets hold of it, under
// another name where there is TLS. An empty value deletes it.
func writeCookie(e *core.RequestEvent, c *http.Cookie, underTLS string) {
	c.Path, c.HttpOnly, c.SameSite = "/", true, http.SameSiteLaxMode
	if web.Secure(e) {
		c.Name, c.Secure = underTLS, true
	}
	if c.Value == "" {
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

// secret is 256 random bits, fit for a cookie and an address.
func secret() string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails
	return base64.RawURLEncoding.EncodeToString(raw)
}

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
