package console

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

const collectionDrafts = "drafts"

// mode is which of a draft's two texts is being written.
type mode string

const (
	reply mode = "reply"
	note  mode = "note"
)

// draft is what somebody has begun to write in a conversation: a reply, a note,
// and which of the two is open. They are two texts, so that a note is never
// where it could go out as a reply. A draft is kept raw: it comes once a second
// from everybody who writes, and no rule looks at it.
type draft struct {
	Conversation string         `db:"conversation"`
	Reply        string         `db:"reply"`
	Note         string         `db:"note"`
	Mode         mode           `db:"mode"`
	Updated      types.DateTime `db:"updated"`
}

// empty reports whether there is nothing to keep: an open note is worth it even
// without a word, since what is typed next is to be a note.
func (d draft) empty() bool { return d.Reply == "" && d.Note == "" && d.Mode != note }

// says reports whether both have the same words.
func (d draft) says(other draft) bool { return d.Reply == other.Reply && d.Note == other.Note }

const saveDraft = "INSERT INTO drafts (id, staff, conversation, reply, note, mode, updated) VALUES ({:id}, {:who}, {:conversation}, {:reply}, {:note}, {:mode}, {:now}) " +
	"ON CONFLICT (staff, conversation) DO UPDATE SET reply = excluded.reply, note = excluded.note, mode = excluded.mode, updated = excluded.updated"

// save keeps d in the place of old, and returns it as it is kept: later than old, since
// the time is how who writes elsewhere is known to have heard of it.
func (d draft) save(app core.App, staff string, old draft) (draft, error) {
	d.Updated = types.NowDateTime()
	if next := old.Updated.Add(time.Millisecond); d.Updated.Before(next) {
		d.Updated = next
	}
	_, err := app.NonconcurrentDB().NewQuery(saveDraft).Bind(dbx.Params{
		"id": core.GenerateDefaultRandomId(), "who": staff, "conversation": d.Conversation,
		"reply": d.Reply, "note": d.Note, "mode": string(d.Mode), "now": d.Updated.String(),
	}).Execute()
	if err != nil {
		return d, fmt.Errorf("keep draft: %w", err)
	}
	return d, nil
}

func forgetDraft(app core.App, staff, conversation string) error {
	_, err := app.NonconcurrentDB().Delete(collectionDrafts, place(staff, conversation)).Execute()
	if err != nil {
		return fmt.Errorf("forget draft: %w", err)
	}
	return nil
}

func draftsQuery(app core.App, where dbx.HashExp) *dbx.SelectQuery {
	return app.ConcurrentDB().Select("conversation", "reply", "note", "mode", "updated").From(collectionDrafts).Where(where)
}

func ofStaff(staff string) dbx.HashExp { return dbx.HashExp{"staff": staff} }

// place is where somebody's draft of a conversation is kept.
func place(staff, conversation string) dbx.HashExp {
	at := ofStaff(staff)
	at["conversation"] = conversation
	return at
}

// draftOf is somebody's draft in a conversation, an empty one where there is none.
func draftOf(app core.App, staff, conversation string) (draft, error) {
	d := draft{Conversation: conversation, Mode: reply}
	err := draftsQuery(app, place(staff, conversation)).Limit(1).One(&d)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return d, fmt.Errorf("draft: %w", err)
	}
	return d, nil
}

// draftsOf lists somebody's drafts, the latest first.
func draftsOf(app core.App, staff string) ([]draft, error) {
	var all []draft
	err := draftsQuery(app, ofStaff(staff)).OrderBy("updated DESC").Limit(mostDrafts).All(&all)
	if err != nil {
		return nil, fmt.Errorf("drafts: %w", err)
	}
	return all, nil
}
