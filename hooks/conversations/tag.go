package conversations

import (
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

const tagsMost = 20

// SetTags makes tags, a list of ids, the conversation's. Errors: not_found (the
// conversation, or one of the tags), invalid.
func SetTags(app core.App, p *access.Person, conversation string, tags []string) error {
	tags = slices.Compact(slices.Sorted(slices.Values(tags)))
	if len(tags) > tagsMost {
		return fail.New(fail.Invalid, "conversations.too_many_tags").On("tags")
	}
	return Write(app, func(tx *Tx) error {
		c, err := tx.seen(p, conversation)
		if err != nil || slices.Equal(c.Tags, tags) {
			return err
		}
		named := make([]Named, len(tags))
		for i, id := range tags {
			named[i].ID = id
			if err := tx.query("SELECT name FROM tags WHERE id = {:id}", dbx.Params{"id": id}).Row(&named[i].Name); err != nil {
				return fail.New(fail.NotFound, "fail.not_found").On("tags").Because(err)
			}
		}
		c.Tags = tags
		if _, err := tx.event(c, Staff(p), "", "", EventData{Event: Tagged, Tags: named}); err != nil {
			return err
		}
		return tx.save(c)
	})
}
