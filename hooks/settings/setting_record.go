package settings

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// Collection is the PocketBase collection that this package owns.
const Collection = "settings"

// What a row consists of, for those who watch it change.
const (
	FieldKey   = "key"
	FieldValue = "value" // a JSON object
)

var _ core.RecordProxy = (*setting)(nil)

// setting is one row: a key and its JSON.
type setting struct{ core.BaseRecordProxy }

func newSetting(app core.App, key string) (*setting, error) {
	collection, err := app.FindCachedCollectionByNameOrId(Collection)
	if err != nil {
		return nil, err
	}
	s := &setting{}
	s.SetProxyRecord(core.NewRecord(collection))
	s.Set("key", key)
	return s, nil
}

func wrap(r *core.Record) *setting {
	s := &setting{}
	s.SetProxyRecord(r)
	return s
}

func byKey(app core.App, key string) (*setting, error) {
	s := &setting{}
	err := app.RecordQuery(Collection).AndWhere(dbx.HashExp{"key": key}).Limit(1).One(s)
	return s, err
}

func (s *setting) key() string { return s.GetString("key") }

func (s *setting) value() []byte {
	raw, _ := s.GetRaw("value").(types.JSONRaw)
	return raw
}

func (s *setting) setValue(raw []byte) { s.Set("value", types.JSONRaw(raw)) }
