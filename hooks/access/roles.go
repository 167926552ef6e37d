package access

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

const mostRoleName = 20

// AddRole makes a role of the shop's own.
func AddRole(app core.App, by *Person, name string, allowed []Permission) (*Role, error) {
	var r *Role
	err := as(app, by, RolesEdit, func(app core.App, by *Person) (err error) {
		if err = MayGrant(by, Complete(allowed)); err != nil {
			return err
		}
		if r, err = newRole(app); err != nil {
			return err
		}
		r.become("", strings.TrimSpace(name), Complete(allowed))
		return app.Save(r)
	})
	if err != nil {
		return nil, fmt.Errorf("add role: %w", err)
	}
	return r, nil
}

// EditRole changes what a role is called and allows, at once for everybody who
// has it. Who edits it must have all that it allowed and will allow: else they
// would grant what they lack, or take from those who may do more.
func EditRole(app core.App, by *Person, id, name string, allowed []Permission) error {
	return onRole(app, by, id, func(app core.App, by *Person, r *Role) error {
		if err := MayGrant(by, Complete(allowed)); err != nil {
			return err
		}
		r.become(r.Key(), strings.TrimSpace(name), Complete(allowed))
		return app.Save(r)
	})
}

// RestoreRole makes a preset role what every shop begins with.
func RestoreRole(app core.App, by *Person, id string) error {
	return onRole(app, by, id, func(app core.App, by *Person, r *Role) error {
		allowed, ok := Preset(r.Key())
		if !ok {
			return fail.New(fail.Invalid, "access.role_own")
		}
		if err := MayGrant(by, allowed); err != nil {
			return err
		}
		r.become(r.Key(), presetName(app, r.Key()), allowed)
		return app.Save(r)
	})
}

// DeleteRole takes away a role of the shop's own that nobody has.
func DeleteRole(app core.App, by *Person, id string) error {
	return onRole(app, by, id, func(app core.App, _ *Person, r *Role) error { return app.Delete(r) })
}

func onRole(app core.App, by *Person, id string, act func(core.App, *Person, *Role) error) error {
	err := as(app, by, RolesEdit, func(app core.App, by *Person) error {
		r, err := RoleByID(app, id)
		if err != nil {
			return err
		}
		if err := MayEdit(by, r); err != nil {
			return err
		}
		return act(app, by, r)
	})
	if err != nil {
		return fmt.Errorf("role %s: %w", id, err)
	}
	return nil
}

// MayEdit refuses to touch the owner's role, and one that allows what by may not
// do.
func MayEdit(by *Person, r *Role) error {
	if r.Key() == Owner {
		return errOwnerStays
	}
	allowed, err := r.Permissions()
	if err != nil {
		return err
	}
	return MayGrant(by, allowed)
}

var errOwnerStays = fail.New(fail.Conflict, "access.role_owner_stays")

// RoleByID returns one role.
func RoleByID(app core.App, id string) (*Role, error) {
	r := &Role{}
	if err := app.RecordQuery(collectionRoles).AndWhere(dbx.HashExp{"id": id}).Limit(1).One(r); err != nil {
		return nil, fmt.Errorf("role %s: %w", id, err)
	}
	return r, nil
}

// Preset is what the preset role with key allows in a new shop.
func Preset(key string) ([]Permission, bool) {
	i := slices.IndexFunc(presets, func(p preset) bool { return p.key == key })
	if i < 0 {
		return nil, false
	}
	return inOrder(presets[i].allowed), true
}

// Having lists who has the role.
func Having(app core.App, role string) ([]*Person, error) {
	all, err := Everybody(app)
	if err != nil {
		return nil, err
	}
	var list []*Person
	for _, p := range all {
		if p.RoleID == role {
			list = append(list, p)
		}
	}
	return list, nil
}

// Nicknames joins names for a sentence, in which more than a handful would be
// too many.
func Nicknames(people []*Person) string {
	const handful = 5
	names := make([]string, 0, handful)
	for _, p := range people[:min(handful, len(people))] {
		names = append(names, p.Nickname)
	}
	text := strings.Join(names, "、")
	if len(people) > handful {
		text += "…"
	}
	return text
}

// validRole keeps roles to permissions that exist, presets to their keys and
// the owner's to all.
func validRole(e *core.RecordEvent) error {
	r := wrapRole(e.Record)
	if err := validRoleName(e.App, r); err != nil {
		return err
	}
	if !r.IsNew() && wrapRole(r.Original()).Key() != r.Key() {
		return fail.New(fail.Conflict, "access.role_preset").On("key")
	}
	if err := validPermissions(r); err != nil {
		return err
	}
	return e.Next()
}

func validPermissions(r *Role) error {
	allowed, err := r.written()
	if err != nil {
		return fail.New(fail.Invalid, "access.permission_unknown", "Permission", "?").On("permissions").Because(err)
	}
	if r.ownersChanged(allowed) {
		return errOwnerStays.On("permissions")
	}
	for _, p := range allowed {
		if !slices.Contains(Permissions, p) {
			return fail.New(fail.Invalid, "access.permission_unknown", "Permission", string(p)).On("permissions")
		}
	}
	return nil
}

// ownersChanged reports whether somebody tries to take something out of the role
// that may do everything. It would change nothing, and look as if it had.
func (r *Role) ownersChanged(allowed []Permission) bool {
	if r.IsNew() || r.Key() != Owner {
		return false
	}
	before, err := wrapRole(r.Original()).written()
	return err == nil && !slices.Equal(before, allowed)
}

func validRoleName(app core.App, r *Role) error {
	name := r.Name()
	switch {
	case strings.TrimSpace(name) == "":
		return fail.New(fail.Invalid, "access.role_name_missing").On("name")
	case utf8.RuneCountInString(name) > mostRoleName:
		return fail.New(fail.Invalid, "access.name_long", "Most", mostRoleName).On("name")
	case strings.ContainsFunc(name, unicode.IsControl):
		return fail.New(fail.Invalid, "access.name_odd").On("name")
	}
	all, err := Roles(app)
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.Id != r.Id && other.Name() == name {
			return fail.New(fail.Conflict, "access.role_name_taken").On("name")
		}
	}
	return nil
}

// keepRole refuses to delete a preset role, or one that somebody has.
func keepRole(e *core.RecordEvent) error {
	r := wrapRole(e.Record)
	if r.Key() != "" {
		return fail.New(fail.Conflict, "access.role_preset").On("key")
	}
	having, err := Having(e.App, r.Id)
	if err != nil {
		return err
	}
	if len(having) > 0 {
		return fail.New(fail.Conflict, "access.role_in_use", "Names", Nicknames(having)).On("key")
	}
	return e.Next()
}
