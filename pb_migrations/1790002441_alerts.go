package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// What a robot still has to say: one row for each robot and code, which counts.
func init() {
	add(func(core.App) (*core.Collection, error) {
		c := core.NewBaseCollection("alerts")
		c.Fields.Add(text("robot", 20), text("code", 40), text("text", 1000), text("group", 20), text("conversation", 20), number("count"), date("began"))
		c.AddIndex("idx_alerts_robot", true, "robot, code", "")
		return c, nil
	})
}
