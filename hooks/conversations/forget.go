package conversations

import (
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/files"
)

// forgetStep is how many conversations, or files, one commit forgets: the writer
// is held up for milliseconds.
const forgetStep = 20

// sampled is up to how many old conversations are looked into; of more, about as many
// that are chosen evenly stand for all, so that it takes no longer.
const sampled = 2000

// besideWords is what a message takes beside what is said, in bytes: its other columns,
// its place in the indexes, its part of the conversation's row. Of a million of `xiaoer
// seed` each takes 460, of which it says 45.
const besideWords = 415

// Old is what lies in closed conversations from before a moment. Where there is a lot,
// all but the conversations is reckoned from a part.
type Old struct {
	Conversations, Messages, Files int
	Bytes                          int64 // of the files
	Room                           int64 // about what the messages take in the database
}

const (
	closedBefore = " FROM conversations INDEXED BY idx_conversations_closed WHERE status = 'closed' AND closed < {:then}"
	sentBefore   = " FROM files f INDEXED BY idx_files_sent WHERE f.message != '' AND f.purpose = 'message' AND f.created < {:then}"
	oneOfEvery   = " AND rowid % {:every} = 0"

	messagesIn = "SELECT (SELECT COUNT(*)" + closedBefore + oneOfEvery + "), COUNT(*), COALESCE(SUM(octet_length(text) + octet_length(data)), 0) " +
		"FROM messages WHERE conversation IN (SELECT id" + closedBefore + oneOfEvery + ")"
	filesIn = "SELECT (SELECT COUNT(*)" + sentBefore + oneOfEvery + "), COUNT(*), COALESCE(SUM(size), 0)" + sentBefore + oneOfEvery +
		" AND EXISTS (SELECT 1 FROM messages m JOIN conversations c ON c.id = m.conversation WHERE m.id = f.message AND c.status = 'closed' AND c.closed < {:then})"
)

// OldBefore tells how much there is.
func OldBefore(app core.App, then time.Time) (o Old, err error) {
	var words int64
	if o.Conversations, o.Messages, words, err = reckoned(app, then, closedBefore, messagesIn); err != nil {
		return o, fmt.Errorf("count old messages: %w", err)
	}
	o.Room = words + int64(o.Messages)*besideWords
	if _, o.Files, o.Bytes, err = reckoned(app, then, sentBefore, filesIn); err != nil {
		return o, fmt.Errorf("count old files: %w", err)
	}
	return o, nil
}

// reckoned counts all that from finds, looks into as many as are sampled, and tells
// what it found there as of all.
func reckoned(app core.App, then time.Time, from, look string) (all, found int, sum int64, err error) { //nolint:revive // four results: a struct for them would be used in one place
	p := dbx.Params{"then": clock.Stored(then)}
	if err = app.ConcurrentDB().NewQuery("SELECT COUNT(*)" + from).Bind(p).Row(&all); err != nil || all == 0 {
		return 0, 0, 0, err
	}
	p["every"] = all/sampled + 1
	var looked int
	if err = app.ConcurrentDB().NewQuery(look).Bind(p).Row(&looked, &found, &sum); err != nil || looked == 0 {
		return all, 0, 0, err
	}
	return all, found * all / looked, sum * int64(all) / int64(looked), nil
}

// Forget removes some of the conversations that were closed before then, the
// oldest first: their messages, files, and what others keep of them; and says how
// many. Who the customer is stays. Who resumes from before is told to begin anew. [Forgotten]
// has to follow on the last ones.
func Forget(app core.App, then time.Time) (n int, err error) {
	var gone []string
	err = Write(app, func(tx *Tx) error {
		var ids []string
		wrong := tx.query("SELECT id FROM conversations WHERE status = 'closed' AND closed < {:then} ORDER BY closed LIMIT {:most}",
			dbx.Params{"then": clock.Stored(then), "most": forgetStep}).Column(&ids)
		n, gone = len(ids), nil
		if wrong != nil || n == 0 {
			return wrong
		}
		gone, wrong = tx.forgetOld(ids)
		return wrong
	})
	if err != nil {
		return 0, err
	}
	return n, removeBytes(app, gone)
}

// Forgotten has what was forgotten leave the index and the disk: it is called once
// there is nothing more to forget for now.
func Forgotten(app core.App) error {
	var owed bool
	err := app.ConcurrentDB().NewQuery("SELECT purge >= {:owing} FROM words_from WHERE id = 1").Bind(dbx.Params{"owing": owing}).Row(&owed)
	if err != nil || !owed {
		return err
	}
	return Write(app, (*Tx).pay)
}

func (tx *Tx) forgetOld(ids []string) (gone []string, err error) {
	e := &customers.EraseEvent{App: tx.App, Conversations: ids, Erased: map[string]int{}}
	for _, id := range ids {
		var some []string
		if err = tx.query("SELECT f.id FROM files f JOIN messages m ON f.message = m.id WHERE m.conversation = {:id}", dbx.Params{"id": id}).Column(&some); err != nil {
			return nil, err
		}
		gone = append(gone, some...)
		if err = tx.exec("UPDATE sequence SET floor = MAX(floor, COALESCE((SELECT MAX(seq) FROM messages WHERE conversation = {:id}), 0)) WHERE id = 1", dbx.Params{"id": id}); err != nil {
			return nil, err
		}
	}
	if err = tx.wipe(e, gone); err != nil {
		return nil, err
	}
	return gone, tx.owe()
}

// Of what somebody is still spoken with about nothing goes, however old it is: where a
// conversation is put off, or going on with a word since then. One that nobody has closed
// is not spoken in for that. There is little of it, and so it is looked up beforehand.
const (
	spokenIn = goingOn + " AND (status = 'later' OR datetime(last ->> 'time') >= datetime({:then}))"
	oldFiles = " FROM files INDEXED BY idx_files_sent WHERE message != '' AND purpose = 'message' AND created < {:then} AND message NOT IN " +
		"(SELECT id FROM messages WHERE file != '' AND conversation IN (SELECT id FROM " + spokenIn + "))"
)

func notSpokenWith(then time.Time) dbx.Expression {
	return dbx.NewExp("contact NOT IN (SELECT contact FROM "+spokenIn+")", dbx.Params{"then": clock.Stored(then)})
}

// OldFiles counts the files that were sent before then, but for those of conversations
// in which somebody is still spoken with.
func OldFiles(app core.App, then time.Time) (n int, bytes int64, err error) {
	err = app.ConcurrentDB().NewQuery("SELECT COUNT(*), COALESCE(SUM(size), 0)"+oldFiles).Bind(dbx.Params{"then": clock.Stored(then)}).Row(&n, &bytes)
	return n, bytes, err
}

// ForgetFiles removes some of those files, the oldest first, and says how many. The
// messages that they belong to stay.
func ForgetFiles(app core.App, then time.Time) (int, error) {
	var ids []string
	if err := app.ConcurrentDB().NewQuery("SELECT id" + oldFiles + " ORDER BY created LIMIT {:most}").
		Bind(dbx.Params{"then": clock.Stored(then), "most": forgetStep}).Column(&ids); err != nil {
		return 0, fmt.Errorf("list old files: %w", err)
	}
	return len(ids), removeBytes(app, ids)
}

// ForgetSessions ends some of the sessions of visitors that were not used since then
// and with whom nobody speaks, and says how many.
func ForgetSessions(app core.App, then time.Time) (int, error) {
	return customers.ForgetSessions(app, then, notSpokenWith(then))
}

// IdleSessions counts those sessions.
func IdleSessions(app core.App, then time.Time) (int, error) {
	return customers.IdleSessions(app, then, notSpokenWith(then))
}

// removeBytes takes files away whose rows are gone, or go now. Where the program
// ends before, the sweep of files finds the bytes.
func removeBytes(app core.App, ids []string) (err error) {
	for _, id := range ids {
		if wrong := files.Remove(app, id); wrong != nil {
			err = errors.Join(err, fmt.Errorf("bytes of file %s: %w", id, wrong))
		}
	}
	return err
}
