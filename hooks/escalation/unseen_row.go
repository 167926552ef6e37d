package escalation

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

const (
	collectionUnseen = "unseen"
	ofConversation   = "conversation" // its row's key
)

// How far it has been told that nobody looks: not yet, on the consoles, in the
// shop's groups.
const (
	unseenQuiet = iota
	unseenOnConsoles
	unseenInGroups
)

// unseen is a conversation at which nobody has looked since the customer said
// something, or since it was handed on. It is kept raw, since every message of a
// customer may make one.
type unseen struct {
	Conversation string         `db:"conversation"`
	Since        types.DateTime `db:"since"`
	Due          types.DateTime `db:"due"` // when the next of those who have to know is told; zero: all were
	Stage        int            `db:"stage"`
}

const (
	insertUnseen = "INSERT INTO unseen (conversation, since, due, stage) VALUES ({:conversation}, {:since}, {:due}, 0)"
	beginUnseen  = insertUnseen + " ON CONFLICT (conversation) DO NOTHING"
	anewUnseen   = insertUnseen + " ON CONFLICT (conversation) DO UPDATE SET since = excluded.since, due = excluded.due, stage = 0"
	someUnseen   = "SELECT EXISTS (SELECT 1 FROM unseen WHERE conversation = {:conversation})"
	noneUnseen   = "DELETE FROM unseen WHERE conversation = {:conversation}"
	nextUnseen   = "UPDATE unseen SET stage = {:stage}, due = {:due} WHERE conversation = {:conversation}"
)

// begin writes down that a conversation is to be looked at by due; anew where it
// is somebody else's turn now, whatever has been told.
func (u unseen) begin(tx *conversations.Tx, anew bool) error {
	text := beginUnseen
	if anew {
		text = anewUnseen
	}
	_, err := tx.Query(text, dbx.Params{
		ofConversation: u.Conversation, "since": u.Since.String(), "due": u.Due.String(),
	}).Execute()
	return told("note that nobody has looked", err)
}

// next writes down how far it was told, and when to go on.
func (u unseen) next(app core.App) error {
	_, err := app.NonconcurrentDB().NewQuery(nextUnseen).Bind(dbx.Params{"stage": u.Stage, "due": u.Due.String(), ofConversation: u.Conversation}).Execute()
	return told("note that it was told", err)
}

// asking is how a statement is run: by a commit, or beside all of them.
type asking func(text string, params dbx.Params) question

type question interface {
	Execute() (sql.Result, error)
	Row(fields ...any) error
}

func inCommit(tx *conversations.Tx) asking {
	return func(text string, params dbx.Params) question { return tx.Query(text, params) }
}

func beside(db dbx.Builder) asking {
	return func(text string, params dbx.Params) question { return db.NewQuery(text).Bind(params) }
}

// endUnseen forgets it: somebody has looked, or there is nothing to look at.
func endUnseen(ask asking, conversation string) error {
	_, err := ask(noneUnseen, dbx.Params{ofConversation: conversation}).Execute()
	return told("note a look", err)
}

// isUnseen reports whether nobody has looked.
func isUnseen(ask asking, conversation string) (some bool, err error) {
	err = ask(someUnseen, dbx.Params{ofConversation: conversation}).Row(&some)
	return some, told("unseen", err)
}

// unseenBy lists what is due, the longest first.
func unseenBy(app core.App, now time.Time) ([]unseen, error) {
	var list []unseen
	err := app.ConcurrentDB().Select(ofConversation, "since", "due", "stage").From(collectionUnseen).
		Where(dbx.NewExp("due != '' AND due <= {:now}", dbx.Params{"now": stampOf(now).String()})).OrderBy("due").Limit(unseenMost).All(&list)
	return list, told("unseen", err)
}

func told(what string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

func stampOf(t time.Time) types.DateTime {
	d, _ := types.ParseDateTime(t) // a time is one
	return d
}
