package access

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

const collectionRoles = "roles"

var _ core.RecordProxy = (*Role)(nil)

// Role is a set of permissions with a name. The preset ones have a key.
type Role struct{ core.BaseRecordProxy }

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
	r.Set("permissions", allowed)
}

// RoleByKey returns a preset role.
func RoleByKey(app core.App, key string) (*Role, error) {
	r := &Role{}
	if err := app.RecordQuery(collectionRoles).AndWhere(dbx.HashExp{"key": key}).Limit(1).One(r); err != nil {
		return nil, fmt.Errorf("role %s: %w", key, err)
	}
	return r, nil
}

// EnsureRoles makes the preset roles that are missing. It leaves those that the
// shop has changed as they are.
func EnsureRoles(app core.App) error {
	collection, err := app.FindCachedCollectionByNameOrId(collectionRoles)
	if err != nil {
		return err
	}
	say := locale.In(settings.ShopOf(app).Language)
	for _, p := range presets {
		_, err := RoleByKey(app, p.key)
		if err == nil {
			continue
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		r := wrapRole(core.NewRecord(collection))
		r.become(p.key, say.T("access.role_"+localeKey(p.key)), p.allowed)
		if err := app.Save(r); err != nil {
			return fmt.Errorf("role %s: %w", p.key, err)
		}
	}
	return nil
}
