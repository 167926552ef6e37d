package access

import (
	"errors"
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// byEndpoint signs somebody in at PocketBase's own endpoint, in place of its own
// check: limited as at our page, with the same work and answer whoever asks, and
// with the second step where there is one. The dashboard's sign-in, that of the
// superusers, is the owners' and no way around it.
func (g *guesses) byEndpoint(e *core.RecordAuthWithPasswordRequestEvent) error {
	password, code, err := credentials(e)
	if err != nil {
		return err
	}
	s, err := g.authenticate(e.RequestEvent, e.Identity, password)
	if err == nil {
		e.Record, err = signedInAs(e, s)
	}
	if err != nil {
		f := fail.Of(err)
		web.RetryAfter(e.RequestEvent, f)
		if f.Kind == fail.Unauthorized || f.Kind == fail.NotFound { // an agent is no superuser
			return e.BadRequestError("Failed to authenticate.", nil)
		}
		return err
	}
	if s.hasTwoStep() {
		if err = g.secondStepOfEndpoint(e, s, code); err != nil {
			return err
		}
	}
	p, err := ByID(e.App, s.Id)
	if err != nil {
		return err
	}
	if err = owes(e.App, p); err != nil {
		return refused(e.RequestEvent, err, nil)
	}
	if e.Collection.Name == core.CollectionNameSuperusers {
		if err = opened(e, s); err != nil {
			return err
		}
	}
	return apis.RecordAuthResponse(e.RequestEvent, e.Record, core.MFAMethodPassword, nil)
}

// signedInAs is the record that the endpoint answers with: s, or at the
// dashboard the superuser that they are.
func signedInAs(e *core.RecordAuthWithPasswordRequestEvent, s *Staff) (*core.Record, error) {
	if e.Collection.Name == core.CollectionNameSuperusers {
		return e.App.FindAuthRecordByEmail(core.CollectionNameSuperusers, s.Email())
	}
	return s.ProxyRecord(), nil
}

// opened tells that s opens the dashboard, of which there is no sign-in. The
// superuser was read before, so that a token for a password that is another by
// now is none.
func opened(e *core.RecordAuthWithPasswordRequestEvent, s *Staff) error {
	if stillTheirs(e.App, s) != nil {
		return e.BadRequestError("Failed to authenticate.", nil)
	}
	return tell(asSelf(e.App, s, deviceOf(e.RequestEvent)), actDashboard, s.Id, "")
}

func (g *guesses) secondStepOfEndpoint(e *core.RecordAuthWithPasswordRequestEvent, s *Staff, code string) error {
	asks := map[string]any{"code": "two_step", "two_step": true}
	if code == "" {
		return refused(e.RequestEvent, fail.New(fail.Unauthorized, "signin.code_missing"), asks)
	}
	err := g.secondStep(e.RequestEvent, s, code)
	if errors.Is(err, errWrongCode) {
		return refused(e.RequestEvent, err, asks)
	}
	return err
}

// refused answers 401 in the caller's language.
func refused(e *core.RequestEvent, err error, data map[string]any) error {
	f := fail.Of(err)
	if data == nil {
		data = map[string]any{"code": string(f.Kind)}
	}
	return &router.ApiError{Status: http.StatusUnauthorized, Message: f.Text(web.Language(e)), Data: data}
}

// credentials are the password and the code of a request. The dashboard's form
// has no place for a code, so there it may stand behind the password, after a
// space.
func credentials(e *core.RecordAuthWithPasswordRequestEvent) (password, code string, err error) {
	var body struct {
		Code any `json:"code" form:"code"`
	}
	if err = e.BindBody(&body); err != nil {
		return "", "", fail.New(fail.Invalid, "fail.invalid").Because(err)
	}
	code, _ = body.Code.(string)
	password = e.Password
	if i := strings.LastIndexByte(password, ' '); i > 0 && code == "" && e.Collection.Name == core.CollectionNameSuperusers && isCode(password[i+1:]) {
		password, code = password[:i], password[i+1:]
	}
	return password, code, nil
}

// bindToken replaces the token that PocketBase made by one that lives and dies
// with a sign-in. Only a password leads here; see closedForPeople for the rest.
func bindToken(e *core.RecordAuthRequestEvent) error {
	if e.AuthMethod != core.MFAMethodPassword {
		return fail.New(fail.NotFound, "fail.not_found")
	}
	token, err := issue(e.App, wrapStaff(e.Record), deviceOf(e.RequestEvent))
	if err != nil {
		return err
	}
	e.Token = token
	return e.Next()
}
