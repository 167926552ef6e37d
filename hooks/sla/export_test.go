package sla

import (
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// Jump moves what runs as the worker does when it has seen the wall clock jump
// by so much, up to a second ago.
func Jump(app core.App, by time.Duration, seen time.Time) error {
	return (&shifting{jump: jump{by: by, since: time.Second, seen: seen}}).shift(app)
}
