package access

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

const collectionRoles = "roles"

var _ core.RecordProxy = (*Role)(nil)

// Role is a set of permissions with a name. The preset ones have a key.
type Role struct{ core.BaseRecordProxy }

var roleTrail = audit.Fields{Name: "name"}

func wrapRole(r *core.Record) *Role {
	role := &Role{}
	role.SetProxyRecord(r)
	return role
}

// Key is the preset's, "" for a role that the shop made.
func (r *Role) Key() string { return r.GetString("key") }

// Name is what the shop calls the role.
func (r *Role) Name() string { return r.GetString("name") }

// Permissions lists what the role allows.
func (r *Role) Permissions() ([]Permission, error) {
	if r.Key() == Owner {
		return Permissions, nil
	}
	return r.written()
}

// written are the permissions as the row has them.
func (r *Role) written() ([]Permission, error) {
	var list []Permission
	if r.GetString("permissions") == "" {
		return nil, nil
	}
	err := r.UnmarshalJSONField("permissions", &list)
	return list, err
}

func (r *Role) become(key, name string, allowed []Permission) {
	r.Set("key", key)
	r.Set("name", name)
	r.Set("permissions", inOrder(allowed))
}

// inOrder is list as it is shown, each once. What is no permission stays, for
// the rules to refuse.
func inOrder(list []Permission) []Permission {
	ordered := []Permission{}
	for _, p := range slices.Concat(Permissions, list) {
		if slices.Contains(list, p) && !slices.Contains(ordered, p) {
			ordered = append(ordered, p)
		}
	}
	return ordered
}

// Roles lists all roles: the presets in their order, then the shop's own by age.
func Roles(app core.App) ([]*Role, error) {
	var list []*Role
	if err := app.RecordQuery(collectionRoles).OrderBy("created", "id").All(&list); err != nil {
		return nil, fmt.Errorf("roles: %w", err)
	}
	rank := func(r *Role) int {
		i := slices.IndexFunc(presets, func(p preset) bool { return p.key == r.Key() })
		if i < 0 {
			return len(presets)
		}
		return i
	}
	slices.SortStableFunc(list, func(a, b *Role) int { return rank(a) - rank(b) })
	return list, nil
}

// RoleByKey returns a preset role.
func RoleByKey(app core.App, key string) (*Role, error) {
	r := &Role{}
	if err := app.RecordQuery(collectionRoles).AndWhere(dbx.HashExp{"key": key}).Limit(1).One(r); err != nil {
		return nil, fmt.Errorf("role %s: %w", key, err)
	}
	return r, nil
}

// RoleBy returns the role whose id, key or name is word.
func RoleBy(app core.App, word string) (*Role, error) {
	r := &Role{}
	err := app.RecordQuery(collectionRoles).
		AndWhere(dbx.NewExp("id = {:word} OR (key = {:word} AND key != '') OR name = {:word}", dbx.Params{"word": word})).
		OrderBy("created", "id").Limit(1).One(r)
	if err != nil {
		return nil, fmt.Errorf("role %s: %w", word, err)
	}
	return r, nil
}

// EnsureRoles makes the preset roles that are missing. It leaves those that the
// shop has changed as they are.
func EnsureRoles(app core.App) error {
	for _, p := range presets {
		_, err := RoleByKey(app, p.key)
		if err == nil {
			continue
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		r, err := newRole(app)
		if err != nil {
			return err
		}
		r.become(p.key, presetName(app, p.key), p.allowed)
		if err := app.Save(r); err != nil {
			return fmt.Errorf("role %s: %w", p.key, err)
		}
	}
	return nil
}

func newRole(app core.App) (*Role, error) {
	collection, err := app.FindCachedCollectionByNameOrId(collectionRoles)
	if err != nil {
		return nil, err
	}
	return wrapRole(core.NewRecord(collection)), nil
}

func presetName(app core.App, key string) string {
	return locale.In(settings.ShopOf(app).Language).T("access.role_" + localeKey(key))
}
