package conversations

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
)

const collectionMentions = "mentions"

// Mention is the latest note of a conversation in which somebody is named, until
// they have seen it. It is kept raw, in the note's own commit.
type Mention struct {
	Conversation string `db:"conversation"`
	Message      string `db:"message"`
	By           string `db:"by"` // the name of who wrote the note
	Time         string `db:"time"`
}

const saveMention = "INSERT INTO mentions (id, staff, conversation, message, [[by]], time) VALUES ({:id}, {:staff}, {:conversation}, {:message}, {:by}, {:time}) " +
	"ON CONFLICT (staff, conversation) DO UPDATE SET message = excluded.message, [[by]] = excluded.[[by]], time = excluded.time"

func (tx *Tx) keepMention(staff string, m *Message) error {
	err := tx.exec(saveMention, dbx.Params{
		"id": newID(), "staff": staff, "conversation": m.Conversation, "message": m.ID, "by": m.From.Name, "time": clock.Stored(m.Time),
	})
	if err != nil {
		return fmt.Errorf("keep a mention: %w", err)
	}
	return nil
}

// dropMentions forgets who was named in a note that was taken back.
func (tx *Tx) dropMentions(message string) error {
	return tx.exec("DELETE FROM mentions WHERE message = {:message}", dbx.Params{"message": message})
}

// Mentions lists where p was named and has not looked yet, the latest first, as
// far as p may see it.
func Mentions(app core.App, p *access.Person) ([]Mention, error) {
	var all []Mention
	err := app.ConcurrentDB().Select("m.conversation", "m.message", "m.by", "m.time").From(collectionMentions+" m").
		InnerJoin("conversations c", dbx.NewExp("c.id = m.conversation")).
		Where(dbx.NewExp("m.staff = {:staff}", dbx.Params{"staff": p.ID})).AndWhere(visibleTo(p)).OrderBy("m.time DESC").Limit(PageSize).All(&all)
	if err != nil {
		return nil, fmt.Errorf("mentions: %w", err)
	}
	return all, nil
}

// SeenMention forgets that somebody was named in a conversation: they have seen it.
func SeenMention(app core.App, p *access.Person, conversation string) error {
	_, err := app.NonconcurrentDB().Delete(collectionMentions, dbx.HashExp{"staff": p.ID, "conversation": conversation}).Execute()
	if err != nil {
		return fmt.Errorf("see a mention: %w", err)
	}
	return nil
}
