package conversations

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/files"
	"github.com/dianxiaoer/xiaoer/hooks/terms"
)

// Labels that tell entries apart in the index, see [terms.Label].
const (
	ofConversation = 'c' // followed by its id
	ofKind         = 'k'
)

var noteLabel = terms.Label(ofKind, string(Note))

// Said is what of an entry is searched: a text, what a file or a card is called,
// what came with a rating. What happened in a conversation is not: it is in every
// one.
func (m *Message) Said(app core.App) string {
	switch m.Kind {
	case Text, Note, Image:
		return m.Text
	case File:
		if f, err := files.ByID(app, m.File); err == nil { // else it is gone
			return strings.TrimSpace(f.Name() + " " + m.Text)
		}
		return m.Text
	case Product, Order:
		var card struct{ ID, Title string }
		_ = json.Unmarshal(m.Data, &card) // written by this package
		return strings.TrimSpace(card.ID + " " + card.Title)
	case Event:
		return m.Event().Comment
	}
	return ""
}

// wordsOf is what an entry is found by.
type wordsOf struct {
	seq   int64
	words string
}

const insertWords = "INSERT OR REPLACE INTO message_words (rowid, words) VALUES ({:seq}, {:words})"

// words are what m is found by, if there is anything.
func (m *Message) words(app core.App) (w wordsOf, some bool) {
	words := m.terms
	if words == "" {
		words = terms.Words(m.Said(app))
	}
	if words == "" {
		return w, false
	}
	words += " " + terms.Label(ofConversation, m.Conversation)
	if m.Kind == Note {
		words += " " + noteLabel
	}
	return wordsOf{m.Seq, words}, true
}

// index has what can be found of m put into the index, see [fresh]. Recalling or
// deleting m takes it out again, by triggers.
func (tx *Tx) index(m *Message) {
	if w, some := m.words(tx.App); some {
		tx.words = append(tx.words, w)
	}
}

// addWords asks nothing in between: SQLite would write out what it has gathered for
// the index with each question, which takes eight times as long.
func (s *shared) addWords(list []wordsOf) error {
	s.indexes = s.indexes || len(list) > 0
	for _, w := range list {
		if err := s.exec(insertWords, dbx.Params{"seq": w.seq, "words": w.words}); err != nil {
			return fmt.Errorf("adding to the index: %w", err)
		}
	}
	return nil
}

// Entries that are older than the index get their words afterwards: so many in
// one commit, which takes about as long as some messages do, and for so long in
// one round.
const (
	indexStep = 100
	indexTime = 400 * time.Millisecond
)

// unindexed is the number before which entries have no words yet, 0 where all
// have.
func unindexed(app core.App) (from int64, err error) {
	err = app.ConcurrentDB().NewQuery("SELECT seq FROM words_from WHERE id = 1").Row(&from)
	return from, err
}

// Indexed is how much of the timeline can be searched, from 0 to 1.
func Indexed(app core.App) (float64, error) {
	from, err := unindexed(app)
	if err != nil || from == 0 {
		return 1, err
	}
	span, err := Extent(app)
	if err != nil || span.Head <= span.Floor {
		return 1, err
	}
	return min(1, max(0, float64(span.Head-from)/float64(span.Head-span.Floor))), nil
}

// indexRound puts into the index what is not in it yet.
func indexRound(app core.App) error {
	ctx, cancel := context.WithTimeout(context.Background(), waitMost)
	defer cancel()
	err := Index(ctx, app)
	if f, ok := errors.AsType[*fail.Error](err); ok && f.Kind.Retry() {
		return nil // the next round is in a second
	}
	if err != nil {
		return err
	}
	return IndexOlder(app)
}

// IndexOlder gives words to entries that were there before the index, the newest
// first, for a moment; it goes on where it has stopped until all have them.
func IndexOlder(app core.App) error {
	for began := time.Now(); time.Since(began) < indexTime; {
		from, err := unindexed(app)
		if err != nil || from == 0 {
			return err
		}
		err = Write(app, func(tx *Tx) error { return tx.indexBefore(from) })
		if f, ok := errors.AsType[*fail.Error](err); ok && f.Kind.Retry() {
			return nil // who writes goes first; the next round is in a second
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// indexedFrom says that all entries from a number on have their words, 0 that all
// have.
func (tx *Tx) indexedFrom(seq int64) error {
	return tx.exec("UPDATE words_from SET seq = {:seq} WHERE id = 1", dbx.Params{"seq": seq})
}

// indexBefore gives words to the last entries before the number from.
func (tx *Tx) indexBefore(from int64) error {
	list, err := tx.messages(messageColumns+" FROM messages WHERE seq < {:from} ORDER BY seq DESC LIMIT {:most}",
		dbx.Params{"from": from, "most": indexStep})
	if err != nil {
		return err
	}
	slices.Reverse(list) // SQLite writes out what it has gathered where a number is smaller than the last
	if err = tx.addWords(tx.wordsOf(list)); err != nil {
		return err
	}
	rest := int64(0)
	if len(list) == indexStep {
		rest = list[0].Seq
	}
	return tx.indexedFrom(rest)
}
