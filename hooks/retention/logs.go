package retention

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// systemDays is for how long PocketBase keeps its log where no rule says otherwise:
// a migration has set it. To PocketBase none would mean no log at all.
const systemDays = 3

// bindLogs has PocketBase keep its log as long as the rule says: it clears it by
// itself, and would not wait for a longer rule.
func bindLogs(app core.App) {
	settings.Follow(app, key, Rules{}, func(app core.App, before, now Rules) error {
		switch {
		case now.Logs > 0:
			return keepLogs(app, now.Logs)
		case before.Logs > 0:
			return keepLogs(app, systemDays)
		default:
			return nil // it is as the dashboard has it
		}
	})
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if days := RulesOf(e.App).Logs; days > 0 { // else it is as the dashboard has it
			if err := keepLogs(e.App, days); err != nil { // no reason not to serve
				e.App.Logger().Warn("the rule for logs", "error", err)
			}
		}
		return e.Next()
	})
}

func keepLogs(app core.App, days int) error {
	s, err := app.Settings().Clone()
	if err != nil || s.Logs.MaxDays == days {
		return err
	}
	s.Logs.MaxDays = days
	if err = app.Save(s); err != nil {
		return fmt.Errorf("for how long logs are kept: %w", err)
	}
	return nil
}
