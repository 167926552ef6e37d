package escalation

import (
	"encoding/json"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
)

// Collection is where rules are kept.
const Collection = "escalation_rules"

var _ core.RecordProxy = (*Rule)(nil)

// Rule is what is done in a conversation where some things are so.
//
//	there ── delete ──▶ gone ── a day later ──▶ no more
//	  ▲                  │
//	  └───── restore ────┘
type Rule struct{ core.BaseRecordProxy }

var trail = audit.Fields{
	Name: "name", Ignore: []string{"sort", "preset"},
	Turns: map[string][2]string{"enabled": {"enabled", "disabled"}, "deleted": {"deleted", "restored"}},
}

func wrap(r *core.Record) *Rule {
	rule := &Rule{}
	rule.SetProxyRecord(r)
	return rule
}

func newRule(app core.App) (*Rule, error) {
	collection, err := app.FindCachedCollectionByNameOrId(Collection)
	if err != nil {
		return nil, err
	}
	return wrap(core.NewRecord(collection)), nil
}

// Name is what the shop calls the rule.
func (r *Rule) Name() string { return r.GetString("name") }

// Enabled is whether it is looked at.
func (r *Rule) Enabled() bool { return r.GetBool("enabled") }

// Sort is its place among the others, the lowest first.
func (r *Rule) Sort() int { return r.GetInt("sort") }

// Preset is the key of one that every shop begins with, "" for the shop's own.
func (r *Rule) Preset() string { return r.GetString("preset") }

// When is what must be so. What cannot be read is nothing, and never is.
func (r *Rule) When() When {
	var w When
	if unpack(r.conditions(), &w) != nil {
		return When{}
	}
	return w
}

// Then is what it does.
func (r *Rule) Then() Then {
	var t Then
	if unpack(r.actions(), &t) != nil {
		return Then{}
	}
	return t
}

func (r *Rule) conditions() []byte { return raw(r.GetRaw("conditions")) }
func (r *Rule) actions() []byte    { return raw(r.GetRaw("actions")) }

func raw(value any) []byte {
	text, _ := value.(types.JSONRaw)
	return text
}

func (r *Rule) gone() time.Time { return r.GetDateTime("deleted").Time() }
func (r *Rule) leave()          { r.Set("deleted", types.NowDateTime()) }
func (r *Rule) comeBack()       { r.Set("deleted", "") }

func (r *Rule) turn(on bool)      { r.Set("enabled", on) }
func (r *Rule) standAt(place int) { r.Set("sort", place) }
func (r *Rule) begin(key string)  { r.Set("preset", key) }

// write makes d the rule's own.
func (r *Rule) write(d Draft) error {
	when, err := json.Marshal(d.When)
	if err != nil {
		return err
	}
	then, err := json.Marshal(d.Then)
	if err != nil {
		return err
	}
	r.Set("name", d.Name)
	r.turn(d.Enabled)
	r.Set("conditions", types.JSONRaw(when))
	r.Set("actions", types.JSONRaw(then))
	return nil
}
