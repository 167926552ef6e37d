package conversations_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// contact is somebody who has come in by a fresh shop's only channel.
func contact(t testing.TB, app core.App) *customers.Contact {
	t.Helper()
	if _, err := channels.Default(app); err != nil {
		if _, err := channels.Add(app, channels.New{Name: "禾野优选"}); err != nil {
			t.Fatal(err)
		}
	}
	c, _, _, err := customers.Arrive(app, customers.Arrival{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// asking is a contact who has asked something.
func asking(t *testing.T, app core.App) (*customers.Contact, *conversations.Message) {
	t.Helper()
	v := contact(t, app)
	m, err := conversations.PostAsVisitor(app, v, text("1", "在吗"))
	must(t, err)
	return v, m
}

func text(id, text string) conversations.Draft {
	return conversations.Draft{ID: id, Kind: conversations.Text, Text: text}
}

// held keeps the writer in a commit until release.
func held(t testing.TB, app core.App) (release func()) {
	t.Helper()
	begun, goOn, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- conversations.Write(app, func(*conversations.Tx) error { close(begun); <-goOn; return nil })
	}()
	<-begun
	return func() {
		t.Helper()
		close(goOn)
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// queued waits until n changes stand behind the held commit.
func queued(app core.App, n int) {
	for conversations.Waits(app) < n {
		<-time.After(time.Millisecond)
	}
}

func TestManyShareACommitAndKeepTheirOrder(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	var commits int
	var seqs []int64
	told := make(chan struct{}, 1000)
	conversations.OnCommit(app).BindFunc(func(e *conversations.Committed) error {
		commits++
		for _, m := range e.Entries {
			seqs = append(seqs, m.Seq)
			told <- struct{}{}
		}
		return e.Next()
	})
	people := make([]*customers.Contact, 40)
	for i := range people {
		people[i] = contact(t, app)
	}
	release := held(t, app)
	var wg sync.WaitGroup
	for _, c := range people {
		wg.Go(func() {
			if _, err := conversations.PostAsVisitor(app, c, text("m", "在吗")); err != nil {
				t.Error(err)
			}
		})
	}
	queued(app, len(people))
	release()
	wg.Wait()
	for range 2 * len(people) { // opened, and the word
		<-told
	}
	if commits > 2 {
		t.Errorf("%d commits for %d posts that waited together", commits, len(people))
	}
	for i := 1; i < len(seqs); i++ {
		if seqs[i] <= seqs[i-1] {
			t.Fatalf("told %d after %d", seqs[i], seqs[i-1])
		}
	}
}

// C77. A change that fails, or panics, costs those of its batch nothing.
func TestARefusalSparesTheOthersOfItsBatch(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	c := contact(t, app)
	release := held(t, app)
	var wg sync.WaitGroup
	answers := make([]error, 3)
	for i := range answers {
		wg.Go(func() {
			switch i {
			case 0:
				_, answers[0] = conversations.PostAsVisitor(app, c, text("good", "在吗"))
			case 1:
				answers[1] = conversations.Write(app, func(tx *conversations.Tx) error {
					if _, err := tx.App.DB().NewQuery("UPDATE contacts SET name = '错' WHERE id = '" + c.Id + "'").Execute(); err != nil {
						return err
					}
					return fail.New(fail.Invalid, "fail.invalid")
				})
			case 2:
				answers[2] = conversations.Write(app, func(*conversations.Tx) error { panic("a bug") })
			}
		})
	}
	queued(app, len(answers))
	release()
	wg.Wait()
	if answers[0] != nil || fail.Of(answers[1]).Kind != fail.Invalid || answers[2] == nil {
		t.Fatalf("answers = %v", answers)
	}
	now, err := customers.ContactByID(app, c.Id)
	if err != nil || strings.Contains(now.Name(), "错") {
		t.Fatalf("what was refused stayed: %v, %v", now.Name(), err)
	}
}

// other opens the app's database like another process.
func other(t *testing.T, app core.App) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(app.DataDir(), "data.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Promise 6: a lock held elsewhere is not the client's fault, and nothing is
// stored twice for it.
func TestLockedDatabaseAsksForRetry(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	c := contact(t, app)
	lock := other(t, app)
	if _, err := lock.Exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	errs := make([]error, 5)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { _, errs[i] = conversations.PostAsVisitor(app, c, text(fmt.Sprint("m", i), "在吗")) })
	}
	wg.Wait()
	for _, err := range errs {
		if fail.Of(err).Kind != fail.Busy {
			t.Fatalf("locked: %v", err)
		}
	}
	if waited := time.Since(start); waited > 8*time.Second {
		t.Fatalf("answered after %v, when the client had given up", waited)
	}
	if _, err := lock.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	for i := range errs {
		if _, err := conversations.PostAsVisitor(app, c, text(fmt.Sprint("m", i), "在吗")); err != nil {
			t.Fatal(err)
		}
	}
	list, err := conversations.ThreadForVisitor(app, c.Id, 1<<62)
	if err != nil || len(list) != len(errs)+1 {
		t.Fatalf("%d entries, %v", len(list), err)
	}
}

func TestFullDiskAsksForRetryAndPasses(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	c := contact(t, app)
	limit := func(pages string) {
		t.Helper()
		if _, err := app.NonconcurrentDB().NewQuery("PRAGMA max_page_count = " + pages).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	limit("1") // no fewer than there are: the next page is one too many
	var err error
	for i := range 60 {
		if _, err = conversations.PostAsVisitor(app, c, text(fmt.Sprint("m", i), strings.Repeat("字", 4000))); err != nil {
			break
		}
	}
	if fail.Of(err).Kind != fail.Full {
		t.Fatalf("full disk: %v", err)
	}
	if _, err := conversations.ThreadForVisitor(app, c.Id, 1<<62); err != nil {
		t.Fatalf("reading on a full disk: %v", err)
	}
	limit("1000000")
	if _, err := conversations.PostAsVisitor(app, c, text("after", "在吗")); err != nil {
		t.Fatalf("after there is room again: %v", err)
	}
	if !conversations.Healthy(app) {
		t.Fatal("a full disk passes by itself")
	}
}

func TestGreetingStandsBeforeTheFirstWordOnly(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	if _, err := channels.Add(app, channels.New{Name: "禾野优选", Greeting: "您好"}); err != nil {
		t.Fatal(err)
	}
	if err := access.EnsureGroups(app); err != nil {
		t.Fatal(err)
	}
	boss, err := access.AddStaff(app, nil, access.Newcomer{Email: "b@example.com", Nickname: "店主", Password: "orange-Kettle-42", Role: access.Owner})
	if err != nil {
		t.Fatal(err)
	}
	p, err := access.ByID(app, boss.Id)
	if err != nil {
		t.Fatal(err)
	}
	c := contact(t, app)
	for i := range 2 {
		var m *conversations.Message
		if m, err = conversations.PostAsVisitor(app, c, text(fmt.Sprint("m", i), "在吗")); err != nil {
			t.Fatal(err)
		}
		if _, err = conversations.Close(app, p, fmt.Sprint("c", i), m.Conversation); err != nil {
			t.Fatal(err)
		}
	}
	list, err := conversations.ThreadForVisitor(app, c.Id, 1<<62)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, m := range list {
		if m.Kind == conversations.Text {
			said = append(said, string(m.From.Kind))
		}
	}
	if fmt.Sprint(said) != "[bot visitor visitor]" {
		t.Fatalf("said = %v", said)
	}
}

// BenchmarkPost is a message from its draft to the disk, by as many writers at
// a time as run in parallel.
func BenchmarkPost(b *testing.B) {
	app := desktest.New(b)
	for _, writers := range []int{1, 16, 64} {
		b.Run(strconv.Itoa(writers), func(b *testing.B) {
			people := make(chan *customers.Contact, 1000)
			for range 1000 {
				people <- contact(b, app)
			}
			b.SetParallelism(writers)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				c := <-people
				for n := 0; pb.Next(); n++ {
					if _, err := conversations.PostAsVisitor(app, c, text(fmt.Sprintf("%d-%d", b.N, n), "上周买的蜂蜜刚到，打开发现瓶子裂了")); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}
