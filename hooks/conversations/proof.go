package conversations

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// An entry's column hash proves two things: its first half, that somebody who sends
// the same id again sends the same content, which what is stored does not always tell
// (a form's answers are masked); its second half, that the row is the one that was
// written, whatever becomes of the disk below it.
const halfProof = 32

var (
	proofShape = regexp.MustCompile(`^[0-9a-f]{32}-[0-9a-f]{31}$`)
	older      = regexp.MustCompile(`^([0-9a-f]{64})?$`) // from before rows were proven
)

// proof is hash for an entry of which sent is what its sender sent, a hash or a
// former proof, and row is all that is stored of it.
func proof(sent string, row ...string) string {
	if len(sent) < halfProof {
		sent = strings.Repeat("0", halfProof) // nobody sent it
	}
	return sent[:halfProof] + "-" + contentHash(append(row, sent[:halfProof])...)[:halfProof-1]
}

// proves reports whether what is stored as hash was made of the same content as sent.
func proves(stored, sent string) bool {
	return stored == sent || proofShape.MatchString(stored) && stored[:halfProof] == sent[:halfProof]
}

const readsOfProofs = 1000 // entries at a time

// Altered lists the entries of a database, by id, that are not as they were stored:
// something below the program has changed them. The database must be sound and
// nobody's to write. Entries of versions that proved none are passed over.
func Altered(ctx context.Context, db *sql.DB) (ids []string, err error) {
	columns := strings.NewReplacer("[[", "`", "]]", "`").Replace(messageColumns)
	for last, more := int64(-1), true; more; {
		rows, wrong := db.QueryContext(ctx, "SELECT "+columns+" FROM messages WHERE seq > ? ORDER BY seq LIMIT ?", last, readsOfProofs) //nolint:gosec // constants
		if wrong != nil {
			return nil, fmt.Errorf("reading messages: %w", wrong)
		}
		list, wrong := scanMessages(rows)
		if wrong != nil {
			return nil, wrong
		}
		for _, m := range list {
			if !m.asStored() {
				ids = append(ids, m.ID)
			}
			last = m.Seq
		}
		more = len(list) == readsOfProofs
	}
	mistyped, err := mistyped(ctx, db)
	return append(ids, mistyped...), err
}

// mistyped lists the entries whose values read as they should and are not of the
// type that they were written in, so that no search for them finds them.
func mistyped(ctx context.Context, db *sql.DB) (ids []string, err error) {
	texts := strings.Fields("id conversation contact sender client_id hash kind text data file quote `from` time")
	where := "typeof(seq) != 'integer' OR typeof(" + strings.Join(texts, ") != 'text' OR typeof(") + ") != 'text'"
	rows, err := db.QueryContext(ctx, "SELECT CAST(id AS TEXT) FROM messages WHERE "+where) //nolint:gosec // constants
	if err != nil {
		return nil, fmt.Errorf("reading messages: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id string
		if err = rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("reading messages: %w", err)
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// asStored reports whether m, as it was read, is what was written.
func (m *Message) asStored() bool {
	if older.MatchString(m.Hash) {
		return true
	}
	params, err := m.params()
	return err == nil && params["hash"] == m.Hash
}
