package customers

import (
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
)

// Fields is where the shop's own fields of customers are kept.
const Fields = "customer_fields"

// FieldKind is what a field of the shop's own holds. It stays as it was chosen:
// what was kept under one kind may make no sense under another.
type FieldKind string

// The kinds of fields.
const (
	TextField   FieldKind = "text"
	NumberField FieldKind = "number"
	DateField   FieldKind = "date"   // 2006-01-02
	ChoiceField FieldKind = "choice" // one of the field's options
)

// FieldKinds lists them.
var FieldKinds = []FieldKind{TextField, NumberField, DateField, ChoiceField}

var _ core.RecordProxy = (*Field)(nil)

// Field is something that the shop wants to know of its customers.
//
//	there ── delete ──▶ gone ── a day later ──▶ emptied with every customer, and no more
//	  ▲                  │
//	  └───── restore ────┘
type Field struct{ core.BaseRecordProxy }

var fieldTrail = audit.Fields{Name: "name", Ignore: []string{"sort"}, Turns: map[string][2]string{"deleted": {"deleted", "restored"}}}

func newField(app core.App, d FieldDraft, sort int) (*Field, error) {
	collection, err := app.FindCachedCollectionByNameOrId(Fields)
	if err != nil {
		return nil, err
	}
	f := wrapField(core.NewRecord(collection))
	f.Set("kind", string(d.Kind))
	f.write(d)
	f.place(sort)
	return f, nil
}

func wrapField(r *core.Record) *Field {
	f := &Field{}
	f.SetProxyRecord(r)
	return f
}

// Name is what the shop calls it.
func (f *Field) Name() string { return f.GetString("name") }

// Kind is what it holds.
func (f *Field) Kind() FieldKind { return FieldKind(f.GetString("kind")) }

// Options are what a [ChoiceField] can be.
func (f *Field) Options() []string {
	var list []string
	if err := f.UnmarshalJSONField("options", &list); err != nil {
		return nil
	}
	return list
}

// Personal fields are shown masked, and in full for a reason, see [Reveal].
func (f *Field) Personal() bool { return f.GetBool("personal") }

// Sort is its place among the others, the lowest first.
func (f *Field) Sort() int { return f.GetInt("sort") }

// Gone is when it was deleted, the zero time while it is there.
func (f *Field) Gone() time.Time { return f.GetDateTime("deleted").Time() }

// write takes what may change of a field: all but its kind.
func (f *Field) write(d FieldDraft) {
	f.Set("name", line(d.Name))
	f.Set("personal", d.Personal)
	options := []string{}
	for _, o := range d.Options {
		if o = line(o); o != "" && !slices.Contains(options, o) && f.Kind() == ChoiceField {
			options = append(options, o)
		}
	}
	f.Set("options", options)
}

func (f *Field) place(sort int) { f.Set("sort", sort) }

func (f *Field) leave() { f.Set("deleted", types.NowDateTime()) }

func (f *Field) comeBack() { f.Set("deleted", "") }

// customKey is what a field of the shop's own is called among a customer's
// fields: in the trail, in a merge, where it is revealed.
const customKey = "custom."

// CustomID is the id of the field of the shop's own that is called name among a
// customer's fields.
func CustomID(name string) (id string, ok bool) { return strings.CutPrefix(name, customKey) }
