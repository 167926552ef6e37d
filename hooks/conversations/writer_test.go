package conversations_test

import (
	"sync"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Promise 6: what was refused for a change that stood before it in the batch is asked
// for again where that change never came about, and only then final.
func TestARefusalInABatchThatFailedIsNotFinal(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	c := contact(t, app)
	release := held(t, app)
	var wg sync.WaitGroup
	exhaust := func(tx *conversations.Tx) error { // the disk, in the same commit
		for _, text := range []string{"PRAGMA max_page_count = 1", "CREATE TABLE big AS SELECT zeroblob(10000000)"} {
			if _, err := tx.App.NonconcurrentDB().NewQuery(text).Execute(); err != nil {
				return err
			}
		}
		return nil
	}
	answers := make([]error, 3)
	for i, do := range []func() error{
		func() error { _, err := conversations.PostAsVisitor(app, c, text("m", "一")); return err },
		func() error { _, err := conversations.PostAsVisitor(app, c, text("m", "二")); return err }, // the id is taken, by a word that never was
		func() error { return conversations.Write(app, exhaust) },
	} {
		wg.Go(func() { answers[i] = do() })
		queued(app, i+1)
	}
	release()
	wg.Wait()
	for i, err := range answers {
		if !fail.Of(err).Kind.Retry() {
			t.Errorf("answer %d is final: %v", i, err)
		}
	}
	exec(t, app, "PRAGMA max_page_count = 1000000")
	for _, want := range []string{"二", "一"} {
		_, err := conversations.PostAsVisitor(app, c, text("m", want))
		if want == "二" && err != nil || want == "一" && fail.Of(err).Kind != fail.IDReused {
			t.Errorf("%s: %v", want, err)
		}
	}
}
