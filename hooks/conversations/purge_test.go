package conversations

import (
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/desktest/bare"
)

// What is erased while the purge before it still begins the log anew is purged in its
// own turn: the stage that it was left at counts, not the one that was looked up.
func TestErasedAmidAPurgeIsPurgedToo(t *testing.T) {
	t.Parallel()
	app := bare.New(t)
	stage := func(step func(tx *Tx) error) (n int) {
		t.Helper()
		err := app.RunInTransaction(func(app core.App) error {
			s, err := openShared(app, newKept())
			if err != nil {
				return err
			}
			defer s.close()
			return step(s.change())
		})
		if err == nil {
			err = app.ConcurrentDB().NewQuery("SELECT purge FROM words_from WHERE id = 1").Row(&n)
		}
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	stage(func(tx *Tx) error { return tx.purgeFrom(toMerge) }) // an erasure, when toCheckpoint has been looked up
	if n := stage(func(tx *Tx) error { return tx.purge(toCheckpoint) }); n != toMerge {
		t.Errorf("the end of the former purge leaves it at %d", n)
	}
	if n := stage(func(tx *Tx) error { return tx.purge(toMerge) }); n == toMerge {
		t.Error("it does not go on")
	}
}
