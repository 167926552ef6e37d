package audit

import (
	"encoding/json"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// Collection is where entries are kept. They are written with SQL by [Add]
// alone and never change; as records they can only be read.
const Collection = "audit"

// Record is an entry as it is stored.
type Record struct {
	ID         string `db:"id" json:"id"`
	Seq        int64  `db:"seq" json:"seq"`   // its place in the chain, from 1 on
	Time       string `db:"time" json:"time"` // as PocketBase writes times
	ActorKind  string `db:"actor_kind" json:"actor_kind"`
	Actor      string `db:"actor" json:"actor"`
	ActorName  string `db:"actor_name" json:"actor_name"`
	Address    string `db:"address" json:"address"`
	Act        string `db:"act" json:"act"`
	ObjectKind string `db:"object_kind" json:"object_kind"`
	Object     string `db:"object" json:"object"`
	ObjectName string `db:"object_name" json:"object_name"`
	Changes    Raw    `db:"changes" json:"changes"`
	Reason     string `db:"reason" json:"reason"`
	Key        string `db:"key" json:"key"` // which key made mac
	MAC        string `db:"mac" json:"mac"` // over the one before and all of the above
}

// Raw is changes as the JSON that they are stored as.
type Raw string

// MarshalJSON shows them as they are.
func (r Raw) MarshalJSON() ([]byte, error) {
	if !json.Valid([]byte(r)) { // tampered with
		return json.Marshal(string(r))
	}
	return []byte(r), nil
}

// List reads them, none where somebody has made them unreadable.
func (r Raw) List() []Change {
	var list []Change
	if json.Unmarshal([]byte(r), &list) != nil {
		return nil
	}
	return list
}

const (
	columns = "id, seq, time, actor_kind, actor, actor_name, address, act, object_kind, object, object_name, changes, reason, key, mac"

	// selected reads as columns does; the one column that may be NULL is not.
	selected = "id, seq, time, actor_kind, actor, actor_name, address, act, object_kind, object, object_name, COALESCE(changes, '') AS changes, reason, key, mac"

	insertEntry = "INSERT INTO audit (" + columns + ") VALUES ({:id}, {:seq}, {:time}, {:actor_kind}, {:actor}, {:actor_name}, {:address}, " +
		"{:act}, {:object_kind}, {:object}, {:object_name}, {:changes}, {:reason}, {:key}, {:mac})"
)

func (r *Record) insert(app core.App) error {
	_, err := app.NonconcurrentDB().NewQuery(insertEntry).Bind(dbx.Params{
		"id": r.ID, "seq": r.Seq, "time": r.Time, "actor_kind": r.ActorKind, "actor": r.Actor, "actor_name": r.ActorName, "address": r.Address,
		"act": r.Act, "object_kind": r.ObjectKind, "object": r.Object, "object_name": r.ObjectName, "changes": string(r.Changes), "reason": r.Reason,
		"key": r.Key, "mac": r.MAC,
	}).Execute()
	return err //nolint:wrapcheck // its caller says what was being done
}

// What follows reads fields of the collections that are watched: which ones, is
// for those who watch them to say.

// valueOf is what a field of r holds, as JSON would have it; nil without r.
func valueOf(r *core.Record, f core.Field) any {
	if r == nil {
		return nil
	}
	switch f.(type) {
	case *core.PasswordField:
		return r.GetString(f.GetName() + ":hash")
	case *core.JSONField:
		var value any
		raw, ok := r.GetRaw(f.GetName()).(types.JSONRaw)
		if !ok || json.Unmarshal(raw, &value) != nil {
			return nil
		}
		return value
	case *core.RelationField:
		return r.GetStringSlice(f.GetName())
	case *core.DateField:
		return r.GetString(f.GetName())
	default:
		return r.Get(f.GetName())
	}
}

func textOf(r *core.Record, field string) string {
	if r == nil || field == "" {
		return ""
	}
	return r.GetString(field)
}

// namesOf gives ids of a collection their names, as the field has them now. One
// that is gone keeps its id alone.
func namesOf(app core.App, collection, field string, ids []string) []Named {
	list := make([]Named, len(ids))
	for i, id := range ids {
		list[i].ID = id
		if field == "" {
			continue
		}
		if r, err := app.FindRecordById(collection, id); err == nil {
			list[i].Name = fmt.Sprint(r.Get(field))
		}
	}
	return list
}
