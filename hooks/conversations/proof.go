package conversations

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
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
// something below the program has changed them. Entries of versions that proved none
// are passed over. The database may be one that is not up to date yet: whoever gives
// messages another column has to think of it here.
func Altered(ctx context.Context, db *sql.DB) (ids []string, err error) {
	step := readsOfProofs
	for last, more := int64(-1), true; more; {
		list, wrong := stretchOf(ctx, db, last, step)
		switch {
		case wrong != nil && ctx.Err() != nil:
			return nil, ctx.Err()
		case wrong != nil && step > 1: // one of them cannot be read: which?
			step = 1
			continue
		case wrong != nil:
			var id string
			if err = db.QueryRowContext(ctx, "SELECT seq, CAST(id AS TEXT) FROM messages WHERE seq > ? ORDER BY seq LIMIT 1", last).Scan(&last, &id); err != nil {
				return nil, fmt.Errorf("reading messages: %w", err)
			}
			ids, step = append(ids, id), readsOfProofs
			continue
		}
		for _, m := range list {
			if !m.asStored() {
				ids = append(ids, m.ID)
			}
			last = m.Seq
		}
		more = len(list) == step
	}
	odd, err := mistyped(ctx, db)
	for _, id := range odd {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, err
}

// stretchOf are the entries of a database after the number after.
func stretchOf(ctx context.Context, db *sql.DB, after int64, most int) ([]*Message, error) {
	columns := strings.NewReplacer("[[", "`", "]]", "`").Replace(messageColumns)
	rows, err := db.QueryContext(ctx, "SELECT "+columns+" FROM messages WHERE seq > ? ORDER BY seq LIMIT ?", after, most) //nolint:gosec,rowserrcheck // constants; scanMessages checks
	if err != nil {
		return nil, fmt.Errorf("reading messages: %w", err)
	}
	return scanMessages(rows)
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
