package console

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

const collectionDrafts = "drafts"

// mode is what a draft would become, so that a note can never go out as a reply.
type mode string

const (
	reply mode = "reply"
	note  mode = "note"
)

// draft is what somebody has begun to write in a conversation. It is kept raw:
// it comes once a second from everybody who writes, and no rule looks at it.
type draft struct {
	Conversation string         `db:"conversation"`
	Text         string         `db:"text"`
	Mode         mode           `db:"mode"`
	Updated      types.DateTime `db:"updated"`
}

const saveDraft = "INSERT INTO drafts (id, staff, conversation, text, mode, updated) VALUES ({:id}, {:who}, {:conversation}, {:text}, {:mode}, {:now}) " +
	"ON CONFLICT (staff, conversation) DO UPDATE SET text = excluded.text, mode = excluded.mode, updated = excluded.updated"

func (d draft) save(app core.App, staff string) error {
	_, err := app.NonconcurrentDB().NewQuery(saveDraft).Bind(dbx.Params{
		"id": core.GenerateDefaultRandomId(), "who": staff, "conversation": d.Conversation,
		"text": d.Text, "mode": string(d.Mode), "now": types.NowDateTime().String(),
	}).Execute()
	if err != nil {
		return fmt.Errorf("keep draft: %w", err)
	}
	return nil
}

func forgetDraft(app core.App, staff, conversation string) error {
	_, err := app.NonconcurrentDB().Delete(collectionDrafts, dbx.HashExp{"staff": staff, "conversation": conversation}).Execute()
	if err != nil {
		return fmt.Errorf("forget draft: %w", err)
	}
	return nil
}

// draftsOf lists somebody's drafts, the latest first.
func draftsOf(app core.App, staff string) ([]draft, error) {
	var all []draft
	err := app.ConcurrentDB().Select("conversation", "text", "mode", "updated").From(collectionDrafts).
		Where(dbx.HashExp{"staff": staff}).OrderBy("updated DESC").Limit(mostDrafts).All(&all)
	if err != nil {
		return nil, fmt.Errorf("drafts: %w", err)
	}
	return all, nil
}
