package conversations

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/desktest/bare"
)

// C21. A database that is another one, restored or copied, has another epoch.
func TestAnotherDatabaseHasAnotherEpoch(t *testing.T) {
	t.Parallel()
	app := bare.New(t)
	start := func() *cursors {
		t.Helper()
		timeline := newTimeline(app)
		if err := timeline.renewEpoch(&core.ServeEvent{App: app, Server: &http.Server{}}); err != nil {
			t.Fatal(err)
		}
		k, err := timeline.cursors(app)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	before := start().encode(7)
	if again := start().encode(7); again != before {
		t.Fatal("a restart changed the cursor")
	}
	if err := os.Remove(filepath.Join(app.DataDir(), "epoch")); err != nil { // a restored database has none beside it
		t.Fatal(err)
	}
	if _, err := start().decode(before); !errors.Is(err, ErrOtherEpoch) {
		t.Fatalf("a cursor outlived its database: %v", err)
	}
}
