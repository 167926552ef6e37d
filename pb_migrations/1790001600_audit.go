package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// audit_head is one row: the newest entry's number and chain value, the key
// they were made with, and a seal over all three. Entries are only ever added:
// SQLite itself refuses the rest.
const auditChain = `
CREATE TABLE audit_head (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, mac TEXT NOT NULL, key TEXT NOT NULL, seal TEXT NOT NULL);
INSERT INTO audit_head (id, seq, mac, key, seal) VALUES (1, 0, '', '', '');
CREATE TRIGGER audit_never_updated BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit entries never change'); END;
CREATE TRIGGER audit_never_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit entries stay'); END;`

// changes is a list of {field, before, after, as?}.
func init() {
	migrations.Register(func(app core.App) error {
		c := core.NewBaseCollection("audit")
		c.Fields.Add(number("seq"), text("time", 30), text("actor_kind", 20), text("actor", 40), text("actor_name", 200), text("address", 60),
			text("act", 60), text("object_kind", 40), text("object", 200), text("object_name", 200), object("changes", 1<<20),
			text("reason", 2000), text("key", 16), text("mac", 64))
		c.AddIndex("ux_audit_seq", true, "seq", "")
		c.AddIndex("idx_audit_time", false, "time", "")
		c.AddIndex("idx_audit_actor", false, "actor, seq", "")
		c.AddIndex("idx_audit_act", false, "act, seq", "")
		c.AddIndex("idx_audit_object", false, "object_kind, object, seq", "")
		if err := app.Save(c); err != nil {
			return err
		}
		_, err := app.DB().NewQuery(auditChain).Execute()
		return err
	}, nil)
}
