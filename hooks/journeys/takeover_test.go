package journeys_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/client"
	"github.com/dianxiaoer/xiaoer/hooks/desktest/s3test"
	"github.com/dianxiaoer/xiaoer/hooks/replica"
)

// shopFolder is a furnished data folder of one's own.
func shopFolder(t *testing.T) string {
	t.Helper()
	from, err := furnished()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// talker is a visitor who writes, and knows what was acknowledged.
type talker struct {
	*client.Client
	mu     sync.Mutex
	cursor string
	acked  map[string]bool
	said   map[string]string
	ready  chan struct{}
}

func talk(t *testing.T, d *program, token string, before *talker) *talker {
	t.Helper()
	w := &talker{acked: map[string]bool{}, said: map[string]string{}, ready: make(chan struct{}, 1)}
	cursor := ""
	if before != nil {
		before.mu.Lock()
		cursor, w.said = before.cursor, before.said
		before.mu.Unlock()
	}
	c, err := client.Connect(t.Context(), strings.TrimSuffix(d.url("/"), "/"), token, cursor, w.hear)
	if err != nil {
		t.Fatal(err)
	}
	w.Client = c
	<-w.ready
	return w
}

func (w *talker) hear(f client.Frame) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch f.Type() {
	case "ready":
		w.ready <- struct{}{}
	case "ack":
		var a struct{ ID string }
		_ = f.Read(&a)
		w.acked[a.ID] = true
	case "retry": // the copy that begins may have had the database to itself
		var a struct{ ID string }
		_ = f.Read(&a)
		w.send(a.ID)
	case "message":
		if m, ok := f.Message(); ok {
			w.cursor = m.Cursor
		}
	}
}

func (w *talker) say(t *testing.T, n int) {
	t.Helper()
	id, text := fmt.Sprintf("takeover-%d", n), fmt.Sprintf("第 %d 句", n)
	w.mu.Lock()
	w.said[id] = text
	w.send(id)
	w.mu.Unlock()
}

// send sends what was said under id; w.mu is held.
func (w *talker) send(id string) {
	_ = w.Say(client.Fields{"type": "send", "id": id, "kind": "text", "text": w.said[id]}) // it may just have been killed
}

func (w *talker) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.acked)
}

// thread is how often each text is there.
func (w *talker) thread(t *testing.T) map[string]int {
	t.Helper()
	var thread struct{ Messages []client.Message }
	if err := w.Call(t.Context(), "GET", "/api/xiaoer/visitor/messages", nil, &thread); err != nil {
		t.Fatal(err)
	}
	times := map[string]int{}
	for _, m := range thread.Messages {
		times[m.Text]++
	}
	return times
}

// The first machine is killed while somebody writes. On the second one the warm
// copy is restored; the visitor comes back with what they have, hears that their
// cursor is void, and finds everything that was brought away, once. What they
// send again is there once, too. These are the steps that the README names.
func TestStandbyTakesOver(t *testing.T) {
	t.Parallel()
	t.Run("by a folder", func(t *testing.T) {
		t.Parallel()
		takeOver(t, replica.Address{To: t.TempDir()})
	})
	t.Run("by a store", func(t *testing.T) {
		t.Parallel()
		takeOver(t, replica.Address{To: s3test.New(t).Address(), Key: s3test.Key, Secret: s3test.Secret})
	})
}

func takeOver(t *testing.T, place replica.Address) {
	t.Helper()
	flags := []string{"--replica", place.To}
	env := []string{"XIAOER_REPLICA_KEY=" + place.Key, "XIAOER_REPLICA_SECRET=" + place.Secret}
	first := &program{t: t, dir: shopFolder(t), listen: "127.0.0.1:0", flags: flags, env: env}
	first.start()
	t.Cleanup(func() { first.end(os.Kill) })
	visitor, err := client.Arrive(t.Context(), strings.TrimSuffix(first.url("/"), "/"), client.Fields{})
	if err != nil {
		t.Fatal(err)
	}
	w := talk(t, first, visitor.Token, nil)
	for n := range 15 {
		w.say(t, n)
	}
	first.await("acks", func() bool { return w.count() == 15 })
	brought := time.Now()
	first.await("a whole copy", func() bool {
		c, wrong := replica.Newest(t.Context(), place)
		return wrong == nil && c.Fresh.After(brought)
	})
	w.say(t, 15) // in the air
	first.kill()
	w.Close()
	<-w.Left()

	second := &program{t: t, dir: t.TempDir(), listen: "127.0.0.1:0", flags: flags, env: env}
	if out := second.run("restore", "--from", place.To); !strings.Contains(out, "restored") {
		t.Errorf("said %q", out)
	}
	second.start()
	t.Cleanup(func() { second.end(os.Interrupt) })
	again := talk(t, second, visitor.Token, w)
	there := again.thread(t)
	for n := range 15 {
		if text := fmt.Sprintf("第 %d 句", n); there[text] != 1 {
			t.Errorf("before anything is sent again %q is there %d times", text, there[text])
		}
	}
	for n := range 16 { // all of it: what was acknowledged is known by its id
		again.say(t, n)
	}
	second.await("acks", func() bool { return again.count() == 16 })
	times := again.thread(t)
	for id, text := range again.said {
		if times[text] != 1 {
			t.Errorf("%s is there %d times", id, times[text])
		}
	}
}

// C21. A restore is killed at any moment, again and again: what starts afterwards has
// all of the old shop or all of the new one.
func TestKilledRestoreIsOldOrNew(t *testing.T) {
	t.Parallel()
	path, err := executable()
	if err != nil {
		t.Fatal(err)
	}
	source := shopFolder(t)
	file := filepath.Join(t.TempDir(), "shop.zip")
	if _, err = command(t.Context(), source, "backup", file); err != nil {
		t.Fatal(err)
	}
	old := shopFolder(t)
	if _, err = command(t.Context(), old, "staff", "add", "later@heye.cn", "--nickname", "客服小迟", "--password-stdin"); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano())))
	outcomes := map[bool]int{}
	for range 12 {
		dir := filepath.Join(t.TempDir(), "d")
		if err = os.CopyFS(dir, os.DirFS(old)); err != nil {
			t.Fatal(err)
		}
		life := time.Duration(random.IntN(900)) * time.Millisecond
		ctx, cancel := context.WithTimeout(t.Context(), life)
		c := exec.CommandContext(ctx, path, "restore", file, "--dir", dir) // the end of ctx is SIGKILL
		_ = c.Run()
		cancel()
		out, err := command(t.Context(), dir, "staff", "list")
		if err != nil {
			t.Fatalf("killed after %v: %v", life, err)
		}
		if !strings.Contains(out, ownerMail) {
			t.Fatalf("killed after %v: the shop is neither: %s", life, out)
		}
		outcomes[strings.Contains(out, "later@heye.cn")]++
	}
	t.Logf("old %d times, new %d times", outcomes[true], outcomes[false])
}
