package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// sequence is one row: the highest number given to a timeline entry or a
// change of a conversation, and the lowest that retention has left. Numbers
// are never given twice, also not after the newest rows were deleted. epoch is
// random and renewed when the database turns out to be another one (restored,
// copied); cursor_key hides the numbers in the cursors that clients hold.
const sequence = `
CREATE TABLE sequence (id INTEGER PRIMARY KEY CHECK (id = 1), last INTEGER NOT NULL, floor INTEGER NOT NULL,
	epoch TEXT NOT NULL, cursor_key TEXT NOT NULL);
INSERT INTO sequence (id, last, floor, epoch, cursor_key)
	VALUES (1, 0, 0, lower(hex(randomblob(8))), lower(hex(randomblob(16))));`

func init() {
	migrations.Register(func(app core.App) error {
		c := core.NewBaseCollection("messages")
		c.Fields.Add(
			number("seq"), text("conversation", 20), text("contact", 20), text("sender", 30), text("client_id", 64), text("hash", 64),
			choice("kind", "text", "image", "file", "product", "order", "note", "event"), flag("staff_only"),
			text("text", 20000), object("data", 64<<10), text("file", 32), text("quote", 20), flag("recalled"),
			object("from", 2<<10), date("time"))
		c.AddIndex("ux_messages_seq", true, "seq", "")
		c.AddIndex("ux_messages_client_id", true, "sender, client_id", "client_id != ''")
		c.AddIndex("idx_messages_conversation", false, "conversation, seq", "")
		c.AddIndex("idx_messages_contact", false, "contact, seq", "")
		if err := app.Save(c); err != nil {
			return err
		}
		_, err := app.DB().NewQuery(sequence).Execute()
		return err
	}, nil)
}
