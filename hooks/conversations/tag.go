package conversations

import (
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

const tagsMost = 20

// SetTags makes tags, a list of ids, the conversation's. One that was merged is
// the one that it became, and one that was deleted is left out: whoever sends it
// has not heard yet. Errors: not_found (the conversation, or a tag that never
// was), invalid.
func SetTags(app core.App, p *access.Person, conversation string, tags []string) error {
	if len(tags) > tagsMost {
		return fail.New(fail.Invalid, "conversations.too_many_tags").On("tags")
	}
	return Write(app, func(tx *Tx) (err error) {
		if p, err = access.Still(tx.App, p, access.ConversationsReply); err != nil {
			return err
		}
		c, err := tx.seen(p, conversation)
		if err != nil {
			return err
		}
		named, err := tx.tagsNamed(tags, c.Tags)
		if err != nil {
			return err
		}
		return tx.bear(c, Staff(p), named)
	})
}

// AddTags gives c tags, a list of ids, by itself: those that are there, that it
// does not bear yet, and that it has room for.
func (tx *Tx) AddTags(c *Conversation, tags []string) error {
	tags = slices.Concat(c.Tags, tags[:min(len(tags), max(0, tagsMost-len(c.Tags)))])
	named, err := tx.tagsNamed(tags, tags)
	if err != nil {
		return err
	}
	return tx.bear(c, System(), named)
}

// bear makes tags c's own; it tells only of a change.
func (tx *Tx) bear(c *Conversation, by Author, tags []Named) error {
	now := make([]string, len(tags))
	for i, t := range tags {
		now[i] = t.ID
	}
	if slices.Equal(c.Tags, now) {
		return nil
	}
	c.Tags = now
	tx.Save(c)
	_, err := tx.event(c, by, "", "", EventData{Event: Tagged, Tags: tags})
	return err
}

// tagsNamed are the tags by these ids that are there, sorted by id. Of those that
// the conversation has had, it may be that there are none any more.
func (tx *Tx) tagsNamed(ids, had []string) ([]Named, error) {
	var list []Named
	for _, id := range ids {
		t, err := customers.TagNow(tx.App, id)
		if errors.Is(err, sql.ErrNoRows) {
			if slices.Contains(had, id) {
				continue
			}
			return nil, fail.New(fail.NotFound, "fail.not_found").On("tags").Because(err)
		}
		if err != nil {
			return nil, err
		}
		if t != nil {
			list = append(list, Named{ID: t.Id, Name: t.Name()})
		}
	}
	slices.SortFunc(list, func(a, b Named) int { return strings.Compare(a.ID, b.ID) })
	return slices.Compact(list), nil
}
