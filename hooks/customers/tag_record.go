package customers

import "github.com/pocketbase/pocketbase/core"

// Tags is where tags, of customers and conversations alike, are kept.
const Tags = "tags"

var _ core.RecordProxy = (*Tag)(nil)

// Tag is a word of the shop's that marks customers or conversations.
type Tag struct{ core.BaseRecordProxy }

func newTag(app core.App, name, colour string, sort int) (*Tag, error) {
	collection, err := app.FindCachedCollectionByNameOrId(Tags)
	if err != nil {
		return nil, err
	}
	t := &Tag{}
	t.SetProxyRecord(core.NewRecord(collection))
	t.Set("name", line(name))
	t.Set("colour", colour)
	t.Set("sort", sort)
	return t, nil
}

func wrapTag(r *core.Record) *Tag {
	t := &Tag{}
	t.SetProxyRecord(r)
	return t
}

// Name is the word.
func (t *Tag) Name() string { return t.GetString("name") }

// Colour is the name of a colour: grey, blue, green, amber, violet, gold, cyan.
func (t *Tag) Colour() string { return t.GetString("colour") }

// Sort is the tag's place among the others, the lowest first.
func (t *Tag) Sort() int { return t.GetInt("sort") }
