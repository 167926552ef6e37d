package access

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// The tables of this file are no collections: see their migration.

// keepSecret stores the sealed secret, with the step whose code proved it.
func keepSecret(app core.App, staff string, sealed []byte, step int64) error {
	_, err := app.DB().NewQuery("INSERT OR REPLACE INTO two_step_secrets (staff, secret, used_step) VALUES ({:staff}, {:secret}, {:step})").
		Bind(dbx.Params{"staff": staff, "secret": sealed, "step": step}).Execute()
	if err != nil {
		return fmt.Errorf("keep a secret: %w", err)
	}
	return nil
}

// sealedSecret is nil where somebody has none.
func sealedSecret(app core.App, staff string) ([]byte, error) {
	var sealed []byte
	err := app.DB().NewQuery("SELECT secret FROM two_step_secrets WHERE staff = {:staff}").Bind(dbx.Params{"staff": staff}).Row(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a secret: %w", err)
	}
	return sealed, nil
}

// claimStep uses up a time step, and those before it. It reports false where
// somebody has done so already.
func claimStep(app core.App, staff string, step int64) (bool, error) {
	return claims(app, "UPDATE two_step_secrets SET used_step = {:step} WHERE staff = {:staff} AND used_step < {:step}",
		dbx.Params{"staff": staff, "step": step})
}

// claimRecovery uses up a recovery code. It reports false where it is none, or
// was used.
func claimRecovery(app core.App, staff, code string, now time.Time) (bool, error) {
	return claims(app, "UPDATE recovery_codes SET used = {:now} WHERE staff = {:staff} AND hash = {:hash} AND used = 0",
		dbx.Params{"staff": staff, "hash": recoveryHash(staff, code), "now": now.Unix()})
}

// claims reports whether a statement changed a row: of many at the same time one
// does.
func claims(app core.App, statement string, params dbx.Params) (bool, error) {
	done, err := app.DB().NewQuery(statement).Bind(params).Execute()
	if err != nil {
		return false, fmt.Errorf("use up a code: %w", err)
	}
	n, err := done.RowsAffected()
	return n == 1, err
}

// keepRecoveryCodes replaces the codes of staff by new ones.
func keepRecoveryCodes(app core.App, staff string, codes []string) error {
	if _, err := app.DB().NewQuery("DELETE FROM recovery_codes WHERE staff = {:staff}").Bind(dbx.Params{"staff": staff}).Execute(); err != nil {
		return fmt.Errorf("drop recovery codes: %w", err)
	}
	for _, code := range codes {
		_, err := app.DB().NewQuery("INSERT INTO recovery_codes (staff, hash) VALUES ({:staff}, {:hash})").
			Bind(dbx.Params{"staff": staff, "hash": recoveryHash(staff, code)}).Execute()
		if err != nil {
			return fmt.Errorf("keep a recovery code: %w", err)
		}
	}
	return nil
}

// recoveryLeft counts the codes that were not used.
func recoveryLeft(app core.App, staff string) (n int, err error) {
	err = app.DB().NewQuery("SELECT COUNT(*) FROM recovery_codes WHERE staff = {:staff} AND used = 0").Bind(dbx.Params{"staff": staff}).Row(&n)
	return n, err
}

// dropSecret forgets secret and recovery codes.
func dropSecret(app core.App, staff string) error {
	if _, err := app.DB().NewQuery("DELETE FROM two_step_secrets WHERE staff = {:staff}").Bind(dbx.Params{"staff": staff}).Execute(); err != nil {
		return fmt.Errorf("drop a secret: %w", err)
	}
	return keepRecoveryCodes(app, staff, nil)
}

// A browser whose password was right has so long, and so many tries, for the
// code.
const (
	pendingLife  = 10 * time.Minute
	pendingTries = 5
)

// keepPending notes that the password was right; hash is that of the browser's
// cookie.
func keepPending(app core.App, hash, staff, next string, now time.Time) error {
	_, err := app.DB().NewQuery("INSERT INTO pending_sign_ins (hash, staff, next, ends) VALUES ({:hash}, {:staff}, {:next}, {:ends})").
		Bind(dbx.Params{"hash": hash, "staff": staff, "next": next, "ends": now.Add(pendingLife).Unix()}).Execute()
	if err != nil {
		return fmt.Errorf("begin the second step: %w", err)
	}
	return nil
}

// pending is a sign-in that awaits its code.
type pending struct{ staff, next string }

var errPendingOver = errors.New("no sign-in awaits a code")

// lookPending returns what awaits a code, [errPendingOver] where nothing does.
func lookPending(app core.App, hash string, now time.Time) (p pending, err error) {
	err = app.DB().NewQuery("SELECT staff, next FROM pending_sign_ins WHERE hash = {:hash} AND ends > {:now} AND tries < {:most}").
		Bind(dbx.Params{"hash": hash, "now": now.Unix(), "most": pendingTries}).Row(&p.staff, &p.next)
	return p, pendingError(err)
}

// tryPending is lookPending for a try, which it counts in the same breath.
func tryPending(app core.App, hash string, now time.Time) (p pending, err error) {
	err = app.DB().NewQuery("UPDATE pending_sign_ins SET tries = tries + 1 WHERE hash = {:hash} AND ends > {:now} AND tries < {:most} RETURNING staff, next").
		Bind(dbx.Params{"hash": hash, "now": now.Unix(), "most": pendingTries}).Row(&p.staff, &p.next)
	return p, pendingError(err)
}

func pendingError(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errPendingOver
	}
	if err != nil {
		return fmt.Errorf("second step: %w", err)
	}
	return nil
}

// endPending uses up what awaits a code.
func endPending(app core.App, hash string) (bool, error) {
	return claims(app, "DELETE FROM pending_sign_ins WHERE hash = {:hash}", dbx.Params{"hash": hash})
}

// forgetUnfinished drops what somebody has begun and may not finish any more:
// sign-ins that await a code, and links to a new password.
func forgetUnfinished(app core.App, staff string) error {
	for _, statement := range []string{
		"DELETE FROM pending_sign_ins WHERE staff = {:staff}",
		"UPDATE password_resets SET ends = 0 WHERE staff = {:staff}", // they still count against too many mails
	} {
		if _, err := app.DB().NewQuery(statement).Bind(dbx.Params{"staff": staff}).Execute(); err != nil {
			return fmt.Errorf("forget what was begun: %w", err)
		}
	}
	return nil
}

// forgetOverdue drops what has come to its end.
func forgetOverdue(app core.App, now time.Time) error {
	for _, statement := range []string{
		"DELETE FROM pending_sign_ins WHERE ends < {:then}",
		"DELETE FROM password_resets WHERE asked < {:then}",
	} {
		if _, err := app.DB().NewQuery(statement).Bind(dbx.Params{"then": now.Add(-24 * time.Hour).Unix()}).Execute(); err != nil {
			return fmt.Errorf("forget what is over: %w", err)
		}
	}
	return nil
}
