package replica

import (
	"context"
	"strings"

	"github.com/benbjohnson/litestream"
	"github.com/pocketbase/pocketbase/core"
)

const storeKey = "replica.follower"

// Keep makes f the one that follows app's database, nil where nobody does.
func Keep(app core.App, f *Follower) { app.Store().Set(storeKey, f) }

// Cut has the log begun anew by whoever owns it. ours is false where nobody
// follows app's database, and its own checkpoint does it; busy tells that
// somebody still reads from it.
func Cut(ctx context.Context, app core.App) (ours, busy bool, err error) {
	f, _ := app.Store().Get(storeKey).(*Follower)
	if f == nil {
		return false, false, nil
	}
	f.mu.Lock()
	db := f.db
	f.mu.Unlock()
	if db == nil {
		return false, false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, slow)
	defer cancel()
	err = db.Checkpoint(ctx, litestream.CheckpointModeTruncate)
	if err != nil && (strings.Contains(err.Error(), "database is locked") || strings.Contains(err.Error(), "SQLITE_BUSY")) {
		return true, true, nil // Litestream says it in words alone
	}
	return true, false, err
}
