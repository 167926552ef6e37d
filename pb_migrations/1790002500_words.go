package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// The full-text indexes, with tokens that the program makes (see hooks/terms).
// They keep no text and no places of words: what is found is read from where it
// stands and looked at again.
//
// message_words are the words of timeline entries, by seq. Entries before
// words_from were there before the index and get their words bit by bit, the
// newest first.
//
// record_words are those of customers and notes, whose ids are numbered for it in
// the order in which they came.
// What has changed is put down in records_changed by triggers, so that no way of
// writing can be forgotten, and indexed within a second. What is recalled or
// deleted goes from the index in the same commit.
const words = `
CREATE VIRTUAL TABLE message_words USING fts5(words, content='', contentless_delete=1, tokenize='unicode61', detail=none);
CREATE TRIGGER message_words_recalled AFTER UPDATE OF recalled ON messages WHEN new.recalled
	BEGIN DELETE FROM message_words WHERE rowid = new.seq; END;
CREATE TRIGGER message_words_deleted AFTER DELETE ON messages
	BEGIN DELETE FROM message_words WHERE rowid = old.seq; END;
CREATE TABLE words_from (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL);
INSERT INTO words_from (id, seq) SELECT 1, COALESCE(MAX(seq) + 1, 0) FROM messages;

CREATE VIRTUAL TABLE record_words USING fts5(words, content='', contentless_delete=1, tokenize='unicode61', detail=none);
CREATE TABLE record_numbers (n INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, record TEXT NOT NULL, UNIQUE (kind, record));
CREATE TABLE records_changed (kind TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (kind, record)) WITHOUT ROWID;
CREATE TRIGGER record_numbers_deleted AFTER DELETE ON record_numbers
	BEGIN DELETE FROM record_words WHERE rowid = old.n; END;

CREATE TRIGGER customers_new AFTER INSERT ON customers
	BEGIN INSERT OR IGNORE INTO record_numbers (kind, record) VALUES ('customer', new.id);
	INSERT OR IGNORE INTO records_changed VALUES ('customer', new.id); END;
CREATE TRIGGER customers_changed AFTER UPDATE ON customers
	BEGIN INSERT OR IGNORE INTO records_changed VALUES ('customer', new.id); END;
CREATE TRIGGER customers_deleted AFTER DELETE ON customers
	BEGIN DELETE FROM record_numbers WHERE kind = 'customer' AND record = old.id; END;

CREATE TRIGGER contacts_changed AFTER UPDATE ON contacts
	WHEN new.customer != '' AND (new.customer IS NOT old.customer OR new.name IS NOT old.name OR new.identity IS NOT old.identity)
	BEGIN INSERT OR IGNORE INTO records_changed VALUES ('customer', new.customer); END;
CREATE TRIGGER contacts_moved AFTER UPDATE ON contacts
	WHEN old.customer != '' AND new.customer IS NOT old.customer
	BEGIN INSERT OR IGNORE INTO records_changed VALUES ('customer', old.customer); END;
CREATE TRIGGER contacts_new AFTER INSERT ON contacts WHEN new.customer != ''
	BEGIN INSERT OR IGNORE INTO records_changed VALUES ('customer', new.customer); END;
CREATE TRIGGER contacts_deleted AFTER DELETE ON contacts WHEN old.customer != ''
	BEGIN INSERT OR IGNORE INTO records_changed VALUES ('customer', old.customer); END;

CREATE TRIGGER notes_new AFTER INSERT ON notes
	BEGIN INSERT OR IGNORE INTO record_numbers (kind, record) VALUES ('note', new.id);
	INSERT OR IGNORE INTO records_changed VALUES ('note', new.id); END;
CREATE TRIGGER notes_changed AFTER UPDATE ON notes
	BEGIN INSERT OR IGNORE INTO records_changed VALUES ('note', new.id); END;
CREATE TRIGGER notes_deleted AFTER DELETE ON notes
	BEGIN DELETE FROM record_numbers WHERE kind = 'note' AND record = old.id; END;

INSERT INTO record_numbers (kind, record) SELECT 'customer', id FROM customers ORDER BY created, id;
INSERT INTO record_numbers (kind, record) SELECT 'note', id FROM notes ORDER BY created, id;
INSERT INTO records_changed SELECT kind, record FROM record_numbers;
`

func init() {
	migrations.Register(func(app core.App) error {
		_, err := app.DB().NewQuery(words).Execute()
		return err
	}, nil)
}
