package audit

import (
	"encoding/json"
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/keys"
)

// Entry is what is told of an act.
type Entry struct {
	Act     string // "<kind>.<what was done>": "staff.disabled"; its words are audit.act_staff_disabled
	Object  Object
	Changes []Change
	Reason  string // what the person said why, or what the program knows of it
	Actor   *Actor // nil: whose the app is
}

// Object is on what somebody acts. Its name is as it was then, and left out
// where it is personal, as a customer's is.
type Object struct{ Kind, ID, Name string }

// As says how a change's values are to be read.
type As string

// How values are told.
const (
	Clear  As = ""       // as they are
	Digest As = "digest" // personal: keyed digests, equal for equal values
	Secret As = "secret" // there are none: only that it changed
)

// Change is a field before and after. Values are what JSON knows, and [Named]
// for what bears an id; nil is nothing.
type Change struct {
	Field  string `json:"field"`
	Before any    `json:"before,omitempty"`
	After  any    `json:"after,omitempty"`
	As     As     `json:"as,omitempty"`
}

// Named is something by its id and what it was called then.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// The most that is kept of a text, in runes, and of any other value, as JSON.
const (
	mostText   = 300
	mostValue  = 2000
	mostReason = 500
)

const actBroken = "audit.broken"

// Add writes an entry, in app's transaction or one of its own. It is the end of
// the chain from then on; where the chain was tampered with, an entry before it
// says so, and the desk goes on.
func Add(app core.App, e Entry) error {
	if !app.IsTransactional() {
		return app.RunInTransaction(func(app core.App) error { return Add(app, e) })
	}
	r, err := e.record(app)
	if err != nil {
		return err
	}
	c, end, err := ready(app)
	if err != nil {
		return err
	}
	return c.add(app, &end, r)
}

// ready returns the chain and its end, which says that the chain was tampered
// with, where it was.
func ready(app core.App) (chain, head, error) {
	c, err := chainOf(app)
	if err != nil {
		return c, head{}, err
	}
	end, trouble, err := open(app, c)
	if err == nil && trouble == brokenKey { // unless another process made the key that this one does not know yet
		if c.key, err = keys.Again(app, keyFile); err == nil {
			end, trouble, err = open(app, c)
		}
	}
	if err == nil && trouble != "" {
		err = c.add(app, &end, broken(trouble))
	}
	return c, end, err
}

// broken is the entry that says that the chain was tampered with before it.
func broken(why string) *Record {
	return &Record{
		Time: types.NowDateTime().String(), ActorKind: string(System), Act: actBroken, ObjectKind: Collection, Changes: "[]", Reason: why,
	}
}

func (e Entry) record(app core.App) (*Record, error) {
	by := Of(app)
	if e.Actor != nil {
		by = *e.Actor
	}
	changes := []byte("[]")
	if len(e.Changes) > 0 {
		var err error
		if changes, err = json.Marshal(e.Changes); err != nil {
			return nil, fmt.Errorf("audit entry %s: %w", e.Act, err)
		}
	}
	return &Record{
		Time: types.NowDateTime().String(), ActorKind: string(by.Kind), Actor: by.ID, ActorName: cut(by.Name, 100), Address: cut(by.Address, 60),
		Act: e.Act, ObjectKind: e.Object.Kind, Object: cut(e.Object.ID, 200), ObjectName: cut(e.Object.Name, 100),
		Changes: Raw(changes), Reason: cut(e.Reason, mostReason),
	}, nil
}

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
