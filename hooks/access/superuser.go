package access

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
)

// superuserTrail: a superuser follows its owner, whose changes are told; what is
// done to one in the dashboard is not.
var superuserTrail = audit.Fields{
	Personal: []string{core.FieldNameEmail}, Ignore: []string{core.FieldNameVerified, core.FieldNameEmailVisibility},
	By: []audit.ActorKind{audit.Dashboard},
}

// keepSuperuser keeps PocketBase's superusers in step with the owners: the same
// address, the same password. So the dashboard opens with the sign-in that the
// owner has, and closes with it too.
func keepSuperuser(e *core.RecordEvent) error {
	s := wrapStaff(e.Record)
	before := s.Original().Email()
	if err := e.Next(); err != nil {
		return err
	}
	owner, err := RoleByKey(e.App, Owner)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if s.roleID() != owner.Id || s.Disabled() {
		return dropSuperuser(e.App, before)
	}
	return makeSuperuser(e.App, s, before)
}

// withoutSuperuser is the same for a deleted account.
func withoutSuperuser(e *core.RecordEvent) error {
	if err := e.Next(); err != nil {
		return err
	}
	return dropSuperuser(e.App, e.Record.Email())
}

// validSuperuser refuses a superuser who is no owner: one made in the dashboard
// would outlive the right of whoever made it.
func validSuperuser(e *core.RecordEvent) error {
	s, err := StaffByEmail(e.App, e.Record.Email())
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err == nil && !s.Disabled() {
		owner, err := RoleByKey(e.App, Owner)
		if err == nil && s.roleID() == owner.Id {
			return e.Next()
		}
	}
	return fail.New(fail.Forbidden, "access.superuser_owner").On("email")
}

func makeSuperuser(app core.App, s *Staff, before string) error {
	su, err := app.FindAuthRecordByEmail(core.CollectionNameSuperusers, before)
	if err != nil {
		su, err = app.FindAuthRecordByEmail(core.CollectionNameSuperusers, s.Email())
	}
	if errors.Is(err, sql.ErrNoRows) {
		var collection *core.Collection
		if collection, err = app.FindCachedCollectionByNameOrId(core.CollectionNameSuperusers); err == nil {
			su = core.NewRecord(collection)
		}
	}
	if err != nil {
		return fmt.Errorf("superuser: %w", err)
	}
	if !su.IsNew() && su.Email() == s.Email() && passwordHash(su) == passwordHash(s.ProxyRecord()) {
		return nil
	}
	su.SetEmail(s.Email())
	su.SetVerified(true)
	copyPassword(su, s.ProxyRecord())
	su.RefreshTokenKey()
	if err := app.Save(su); err != nil {
		return fmt.Errorf("superuser: %w", err)
	}
	return nil
}

// dropSuperuser removes who is no owner any more. There is another owner, and
// so another superuser: see keepsAnOwner.
func dropSuperuser(app core.App, email string) error {
	su, err := app.FindAuthRecordByEmail(core.CollectionNameSuperusers, email)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("superuser: %w", err)
	}
	return app.Delete(su)
}

// endOnNewPassword ends every sign-in of whoever gets a new password, from
// wherever it was set. What was begun with the old one, or sent to an old
// address, opens nothing any more.
func endOnNewPassword(e *core.RecordEvent) error {
	s := wrapStaff(e.Record)
	changed, moved := s.newPassword() != "", s.Email() != wrapStaff(s.Original()).Email()
	if err := e.Next(); err != nil || !changed && !moved {
		return err
	}
	if err := forgetUnfinished(e.App, s.Id); err != nil || !changed {
		return err
	}
	return endWhere(e.App, s.Id, whyPassword, all)
}

// signOutSuperuser makes the dashboard's tokens worthless, where there are any.
func signOutSuperuser(app core.App, email string) error {
	su, err := app.FindAuthRecordByEmail(core.CollectionNameSuperusers, email)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("superuser: %w", err)
	}
	su.RefreshTokenKey()
	return app.Save(su)
}
