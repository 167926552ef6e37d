package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// What signing in keeps beside the records. None of it is a collection, so that
// no answer of PocketBase's API can hold it, its superuser's neither.
//
// two_step_secrets: a person's TOTP secret, encrypted, and the last time step
// whose code was used. recovery_codes: hashes; used is empty until it was.
// pending_sign_ins: the password was right, the code is awaited. password_resets:
// links sent by mail. Secrets of the last two are hashed; times are Unix seconds.
const signingIn = `
CREATE TABLE two_step_secrets (
	staff TEXT PRIMARY KEY REFERENCES staff (id) ON DELETE CASCADE,
	secret BLOB NOT NULL, used_step INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE recovery_codes (
	staff TEXT NOT NULL REFERENCES staff (id) ON DELETE CASCADE, hash TEXT NOT NULL, used INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (staff, hash)
) WITHOUT ROWID;
CREATE TABLE pending_sign_ins (
	hash TEXT PRIMARY KEY, staff TEXT NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
	next TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, ends INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX idx_pending_sign_ins_staff ON pending_sign_ins (staff);
CREATE TABLE password_resets (
	hash TEXT PRIMARY KEY, staff TEXT NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
	asked INTEGER NOT NULL, ends INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX idx_password_resets_staff ON password_resets (staff, asked);`

func init() {
	migrations.Register(func(app core.App) error {
		staff, err := app.FindCollectionByNameOrId("staff")
		if err != nil {
			return err
		}
		staff.Fields.Add(date("two_step"), date("password_set"))
		if err = app.Save(staff); err != nil {
			return err
		}
		signIns, err := app.FindCollectionByNameOrId("sign_ins")
		if err != nil {
			return err
		}
		kind, _ := signIns.Fields.GetByName("kind").(*core.SelectField)
		kind.Values = append(kind.Values, "failed")
		signIns.Fields.Add(text("why", 20))
		signIns.AddIndex("idx_sign_ins_history", false, "staff, created", "")
		signIns.AddIndex("idx_sign_ins_live", false, "ends", "ended = ''")
		if err = app.Save(signIns); err != nil {
			return err
		}
		_, err = app.DB().NewQuery(signingIn).Execute()
		return err
	}, nil)
}
