package customers

import (
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
)

// Tags is where tags, of customers and conversations alike, are kept.
const Tags = "tags"

// TagColours are the names of the colours that a tag may have. None is red,
// which means overdue or failed.
var TagColours = []string{"grey", "blue", "green", "amber", "violet", "gold", "cyan"}

var _ core.RecordProxy = (*Tag)(nil)

// Tag is a word of the shop's that marks customers or conversations.
//
//	there ── delete ──▶ gone ── a day later ──▶ taken off everything, and no more
//	  ▲                  │
//	  └───── restore ────┘
//	there ── merge ───▶ gone, into another one ──▶ everything has that one, and no more
type Tag struct{ core.BaseRecordProxy }

var tagTrail = audit.Fields{
	Name: "name", Ignore: []string{"sort"}, Links: map[string]string{"into": Tags},
	Turns: map[string][2]string{"deleted": {"deleted", "restored"}}, Verbs: []string{"merged"},
	Tell: func(e *audit.Entry, before, after *core.Record) bool {
		if before != nil && after != nil && before.GetString("into") != after.GetString("into") {
			e.Act = "tags.merged"
		}
		return true
	},
}

func newTag(app core.App, name, colour string, sort int) (*Tag, error) {
	collection, err := app.FindCachedCollectionByNameOrId(Tags)
	if err != nil {
		return nil, err
	}
	t := &Tag{}
	t.SetProxyRecord(core.NewRecord(collection))
	t.write(name, colour)
	t.place(sort)
	return t, nil
}

func wrapTag(r *core.Record) *Tag {
	t := &Tag{}
	t.SetProxyRecord(r)
	return t
}

// Name is the word.
func (t *Tag) Name() string { return t.GetString("name") }

// Colour is one of [TagColours].
func (t *Tag) Colour() string { return t.GetString("colour") }

// Sort is the tag's place among the others, the lowest first.
func (t *Tag) Sort() int { return t.GetInt("sort") }

// Gone is when the tag was deleted or merged, the zero time while it is there.
func (t *Tag) Gone() time.Time { return t.GetDateTime("deleted").Time() }

// Into is the tag that it was merged into, "" where it was not.
func (t *Tag) Into() string { return t.GetString("into") }

func (t *Tag) write(name, colour string) {
	t.Set("name", line(name))
	t.Set("colour", colour)
}

func (t *Tag) place(sort int) { t.Set("sort", sort) }

func (t *Tag) leave(into string) {
	t.Set("deleted", types.NowDateTime())
	t.Set("into", into)
}

func (t *Tag) comeBack() { t.Set("deleted", "") }
