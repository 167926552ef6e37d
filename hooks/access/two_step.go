package access

import (
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/keys"
)

// keyFile locks the secrets of two-step sign-in. Without it codes are worth
// nothing any more, and recovery codes still are.
const keyFile = "two_step.key"

func twoStepKey(app core.App) ([]byte, error) { return keys.Of(app, keyFile) }

var errWrongCode = fail.New(fail.Unauthorized, "signin.code_wrong").On("code")

// offeredSecret is what p may set up two-step sign-in with, during this sign-in.
func offeredSecret(app core.App, p *Person) ([]byte, error) {
	key, err := twoStepKey(app)
	if err != nil {
		return nil, err
	}
	return enrolment(key, p.SignIn), nil
}

// beginTwoStep switches two-step sign-in on for p with the secret that they were
// offered, once they have shown a code of it. Every other sign-in of theirs
// ends. The recovery codes are returned this once.
func beginTwoStep(app core.App, p *Person, code string, now time.Time) (codes []string, err error) {
	key, err := twoStepKey(app)
	if err != nil {
		return nil, err
	}
	secret := enrolment(key, p.SignIn)
	step := stepOf(secret, tidy(code), now)
	if step == 0 {
		return nil, fail.New(fail.Invalid, "signin.code_wrong").On("code")
	}
	sealed, err := keys.Seal(key, secret, p.ID)
	if err != nil {
		return nil, fmt.Errorf("begin two-step sign-in: %w", err)
	}
	codes = newRecoveryCodes()
	err = app.RunInTransaction(func(app core.App) error {
		if err = errors.Join(keepSecret(app, p.ID, sealed, step), keepRecoveryCodes(app, p.ID, codes)); err != nil {
			return err
		}
		return switchTwoStepOn(app, p, now)
	})
	if err != nil {
		return nil, fmt.Errorf("begin two-step sign-in: %w", err)
	}
	return codes, nil
}

func switchTwoStepOn(app core.App, p *Person, now time.Time) error {
	s, err := StaffByID(app, p.ID)
	if err != nil {
		return err
	}
	if s.hasTwoStep() {
		return fail.New(fail.Conflict, "signin.two_step_is_on").On("code")
	}
	s.beginTwoStep(now)
	if err := app.Save(s); err != nil {
		return err
	}
	if err := endWhere(app, p.ID, whyTwoStep, func(one *signIn) bool { return one.Id != p.SignIn }); err != nil {
		return err
	}
	return signOutSuperuser(app, s.Email())
}

// DropTwoStep switches two-step sign-in off for somebody who has lost their
// second step, and signs them out everywhere. Nobody does so to somebody who may
// do more than they. Their own goes with a code, on their page.
func DropTwoStep(app core.App, by *Person, id string) error {
	return onAnother(app, by, id, (*Staff).endTwoStep)
}

// dropTwoStep switches off one's own. What follows is keepTwoStep's.
func dropTwoStep(app core.App, id string) error { return change(app, id, (*Staff).endTwoStep) }

// keepTwoStep keeps the secrets in step with the account, whoever writes it:
// without one nobody can be asked for a code, and nothing stays behind.
func keepTwoStep(e *core.RecordEvent) error {
	s := wrapStaff(e.Record)
	before := !e.Record.IsNew() && wrapStaff(s.Original()).hasTwoStep()
	if s.hasTwoStep() && !before {
		sealed, err := sealedSecret(e.App, s.Id)
		if err != nil {
			return err
		}
		if sealed == nil {
			return fail.New(fail.Conflict, "signin.two_step_own").On("two_step")
		}
	}
	if err := e.Next(); err != nil || s.hasTwoStep() || !before {
		return err
	}
	if err := dropSecret(e.App, s.Id); err != nil {
		return err
	}
	if err := forgetUnfinished(e.App, s.Id); err != nil {
		return err
	}
	return endWhere(e.App, s.Id, whyTwoStep, all)
}

// renewRecoveryCodes makes the old ones worthless.
func renewRecoveryCodes(app core.App, id string) ([]string, error) {
	codes := newRecoveryCodes()
	err := app.RunInTransaction(func(app core.App) error {
		if err := keepRecoveryCodes(app, id, codes); err != nil {
			return err
		}
		return tell(app, actRecoveryCodes, id, "")
	})
	return codes, err
}

// secondStep checks a code of s, from an authenticator or a recovery code, and
// uses it up.
func (g *guesses) secondStep(e *core.RequestEvent, s *Staff, code string) error {
	from := deviceOf(e)
	try, err := g.code(s.Id, from.Address, code)
	if err != nil {
		return err
	}
	right := false
	err = asSelf(e.App, s, from).RunInTransaction(func(app core.App) (err error) {
		if right, err = useCode(app, s.Id, code, time.Now()); err != nil || !right || !isRecoveryCode(code) {
			return err
		}
		return tell(app, actRecovery, s.Id, "")
	})
	if err != nil {
		return err
	}
	if !right {
		if err := failed(e.App, s.Id, whyWrongCode, from); err != nil {
			return err
		}
		return errWrongCode
	}
	try.right()
	return nil
}

// useCode reports whether code opens at now, which it does once.
func useCode(app core.App, staff, code string, now time.Time) (bool, error) {
	if code = tidy(code); len(code) == recoveryLength {
		return claimRecovery(app, staff, code, now)
	}
	sealed, err := sealedSecret(app, staff)
	if err != nil || sealed == nil {
		return false, err
	}
	key, err := twoStepKey(app)
	if err != nil {
		return false, err
	}
	secret, err := keys.Open(key, sealed, staff)
	if err != nil {
		return false, fmt.Errorf("the secret of two-step sign-in does not fit the key beside the data: %w", err)
	}
	step := stepOf(secret, code, now)
	if step == 0 {
		return false, nil
	}
	return claimStep(app, staff, step)
}
