package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/migrations"
)

// PocketBase's own settings as code: its limiter covers sign-in and its API,
// the activity log is kept for three days and for warnings only, and the
// dashboard shows no schema controls, because the schema is this folder.
func init() {
	migrations.Register(func(app core.App) error {
		s := app.Settings()
		s.Meta.AppName = "Xiaoer"
		s.Meta.HideControls = true
		s.Logs.MaxDays = 3
		s.Logs.MinLevel = 4
		s.Logs.LogIP = false
		s.RateLimits.Enabled = true
		s.RateLimits.Rules = []core.RateLimitRule{
			{Label: "_superusers:auth", MaxRequests: 5, Duration: 10},
			{Label: "*:auth", MaxRequests: 60, Duration: 10}, // staff: guesses are counted by account and address as well
			{Label: "*:create", MaxRequests: 60, Duration: 10},
			{Label: "/api/collections/", MaxRequests: 300, Duration: 10},
		}
		s.Batch.Enabled = false
		return app.Save(s)
	}, nil)
}
