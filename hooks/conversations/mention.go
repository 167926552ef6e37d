package conversations

import (
	"encoding/json"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
)

const mentionsMost = 20 // people named in one note

// Mentionable lists the ids of those who may be named in a note of c: whoever
// may see it.
func Mentionable(app core.App, c *Conversation) ([]string, error) {
	people, err := access.People(app)
	if err != nil {
		return nil, err
	}
	list := []string{}
	for _, p := range people {
		if !p.Disabled && Visible(p, c) {
			list = append(list, p.ID)
		}
	}
	return list, nil
}

// mention tells those whom the note m names, and keeps it for them until they
// have seen it. Nobody is told of what they may not see: such a note is refused,
// so that its writer knows.
func (tx *Tx) mention(c *Conversation, m *Message) error {
	var data struct {
		Mentions []string `json:"mentions"`
	}
	if len(m.Data) == 0 {
		return nil
	}
	if err := json.Unmarshal(m.Data, &data); err != nil {
		return fail.New(fail.Invalid, "conversations.data_shape").On("data").Because(err)
	}
	named := slices.Compact(slices.Sorted(slices.Values(data.Mentions)))
	if len(named) > mentionsMost {
		return fail.New(fail.Invalid, "conversations.too_many_mentions", "Most", mentionsMost).On("data")
	}
	for _, id := range named {
		p, err := access.ByID(tx.App, id)
		if err != nil || p.Disabled {
			return fail.New(fail.Invalid, "conversations.mention_gone").On("data").Because(err)
		}
		if !Visible(p, c) {
			return fail.New(fail.Invalid, "conversations.mention_unseen", "Name", p.Nickname).On("data")
		}
	}
	named = slices.DeleteFunc(named, func(id string) bool { return id == m.From.ID })
	for _, id := range named {
		if err := tx.keepMention(id, m); err != nil {
			return err
		}
	}
	if len(named) == 0 {
		return nil
	}
	return notices.Tell(tx.App, notices.Notice{
		Level: notices.Info, Code: notices.Mention, Key: "conversations.mentioned", Args: []any{"Name", m.From.Name}, Conversation: c.ID, To: named,
	})
}
