package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// A rule's conditions and actions are objects, see hooks/escalation. preset names
// one that every shop begins with; deleted is when it was taken away, and can
// still be brought back.
//
// The index is for how often each rule has fired: what it counts are few among
// many entries.
func init() {
	migrations.Register(func(app core.App) error {
		c := core.NewBaseCollection("escalation_rules")
		c.Fields.Add(text("name", 60), flag("enabled"), number("sort"), object("conditions", 32<<10), object("actions", 32<<10),
			text("preset", 30), date("deleted"), created(), updated())
		if err := app.Save(c); err != nil {
			return err
		}
		messages, err := app.FindCollectionByNameOrId("messages")
		if err != nil {
			return err
		}
		messages.AddIndex("idx_messages_escalated", false, "`time`", "`kind` = 'event' AND `data` ->> 'event' = 'escalated'")
		return app.Save(messages)
	}, nil)
}
