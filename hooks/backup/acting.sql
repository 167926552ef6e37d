CREATE TRIGGER audit_never_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit entries stay'); END
--
CREATE TRIGGER audit_never_updated BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit entries never change'); END
--
CREATE TRIGGER contacts_changed AFTER UPDATE ON contacts
	WHEN new.customer != '' AND (new.customer IS NOT old.customer OR new.name IS NOT old.name OR new.identity IS NOT old.identity)
	BEGIN INSERT OR IGNORE INTO records_changed VALUES ('customer', new.customer); END
--
CREATE TRIGGER contacts_deleted AFTER DELETE ON contacts WHEN old.customer != ''
	BEGIN INSERT OR IGNORE INTO records_changed VALUES ('customer', old.customer); END
--
CREATE TRIGGER contacts_moved AFTER UPDATE ON contacts
	WHEN old.customer != '' AND new.customer IS NOT old.customer
	BEGIN INSERT OR IGNORE INTO records_changed VALUES ('customer', old.customer); END
--
CREATE TRIGGER contacts_new AFTER INSERT ON contacts WHEN new.customer != ''
	BEGIN INSERT OR IGNORE INTO records_changed VALUES ('customer', new.customer); END
--
CREATE TRIGGER customers_changed AFTER UPDATE ON customers
	BEGIN INSERT OR IGNORE INTO records_changed VALUES ('customer', new.id); END
--
CREATE TRIGGER customers_deleted AFTER DELETE ON customers
	BEGIN DELETE FROM record_numbers WHERE kind = 'customer' AND record = old.id; END
--
CREATE TRIGGER customers_new AFTER INSERT ON customers
	BEGIN INSERT OR IGNORE INTO record_numbers (kind, record) VALUES ('customer', new.id);
	INSERT OR IGNORE INTO records_changed VALUES ('customer', new.id); END
--
CREATE TRIGGER message_words_deleted AFTER DELETE ON messages
	BEGIN DELETE FROM message_words WHERE rowid = old.seq; END
--
CREATE TRIGGER message_words_recalled AFTER UPDATE OF recalled ON messages WHEN new.recalled
	BEGIN DELETE FROM message_words WHERE rowid = new.seq; END
--
CREATE TRIGGER notes_changed AFTER UPDATE ON notes
	BEGIN INSERT OR IGNORE INTO records_changed VALUES ('note', new.id); END
--
CREATE TRIGGER notes_deleted AFTER DELETE ON notes
	BEGIN DELETE FROM record_numbers WHERE kind = 'note' AND record = old.id; END
--
CREATE TRIGGER notes_new AFTER INSERT ON notes
	BEGIN INSERT OR IGNORE INTO record_numbers (kind, record) VALUES ('note', new.id);
	INSERT OR IGNORE INTO records_changed VALUES ('note', new.id); END
--
CREATE TRIGGER record_numbers_deleted AFTER DELETE ON record_numbers
	BEGIN DELETE FROM record_words WHERE rowid = old.n; END
