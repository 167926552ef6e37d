package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// owner is who served first. rank is the place in the queue: queued, less the
// head start that the conversation has. preferred is {staff, why, until}, for
// whom it waits at first. night: it began to wait while nobody answers. left:
// since when the visitor has left a message and does not wait in the chat.
// deadlines is a list, see hooks/conversations; sweep is when the next of them
// is to be looked at.
func init() {
	migrations.Register(func(app core.App) error {
		c, err := app.FindCollectionByNameOrId("conversations")
		if err != nil {
			return err
		}
		c.Fields.Add(text("owner", 20), date("rank"), object("preferred", 1<<10), flag("night"), date("left"),
			choice("emotion", "upset", "angry"), object("deadlines", 8<<10), date("sweep"))
		c.RemoveIndex("idx_conversations_queue")
		c.AddIndex("idx_conversations_queue", false, "status, `group`, `rank`, id", "")
		c.AddIndex("idx_conversations_owner", false, "owner, last_seq", "owner != '' AND status != 'closed'")
		c.AddIndex("idx_conversations_sweep", false, "sweep", "sweep != ''")
		if err = app.Save(c); err != nil {
			return err
		}
		// What waits keeps its place, and whoever serves has been the first.
		_, err = app.DB().NewQuery("UPDATE conversations SET preferred = 'null', deadlines = 'null', [[rank]] = queued, " +
			"owner = iif(status != 'closed', assignee, '')").Execute()
		return err
	}, nil)
}
