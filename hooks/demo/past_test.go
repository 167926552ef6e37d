package demo_test

import (
	"bytes"
	"context"
	"image/png"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tests"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/demo"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/files"
	"github.com/dianxiaoer/xiaoer/hooks/quickreplies"
)

// shop is a desk with the demo's shop, and its owner.
func shop(t *testing.T) (*tests.TestApp, *demo.Play, *access.Person) {
	t.Helper()
	app := desktest.New(t)
	p, err := demo.Prepare(app, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	owner, err := access.StaffByEmail(app, "owner@heye.example")
	if err != nil {
		t.Fatal(err)
	}
	person, err := access.ByID(app, owner.Id)
	if err != nil {
		t.Fatal(err)
	}
	return app, p, person
}

// all lists every conversation as the console would page through them.
func all(t *testing.T, app *tests.TestApp, owner *access.Person) (list []*conversations.Conversation) {
	t.Helper()
	before := int64(1 << 62)
	for {
		page, err := conversations.InView(app, owner, "all", before)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			return list
		}
		list, before = append(page, list...), page[0].LastSeq
	}
}

// timeline is a conversation's whole timeline.
func timeline(t *testing.T, app *tests.TestApp, id string) (list []*conversations.Message) {
	t.Helper()
	before := int64(1 << 62)
	for {
		page, err := conversations.Timeline(app, id, before)
		if err != nil {
			t.Fatal(err)
		}
		list = append(page, list...)
		if len(page) < conversations.PageSize {
			return list
		}
		before = page[0].Seq
	}
}

func TestWordsAreComplete(t *testing.T) {
	t.Parallel()
	for _, flaw := range demo.Flaws() {
		t.Error(flaw)
	}
	pictures, err := demo.Pictures()
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range pictures {
		if _, err := png.Decode(bytes.NewReader(raw)); err != nil {
			t.Error(err)
		}
	}
}

// One shop serves all claims, because making it is what takes the time.
func TestDemo(t *testing.T) {
	app, play, owner := shop(t)
	t.Run("the shop is furnished", func(t *testing.T) { furnished(t, app, owner) })
	t.Run("the past is as the writer would have written it", func(t *testing.T) { written(t, app, owner) })
	t.Run("the writer goes on", func(t *testing.T) { goesOn(t, app, owner) })
	t.Run("the play goes on", func(t *testing.T) { plays(t, app, play, owner) })
}

func furnished(t *testing.T, app *tests.TestApp, owner *access.Person) {
	t.Helper()
	people, err := access.People(app)
	if err != nil || len(people) != 6 {
		t.Errorf("%d work here, %v", len(people), err)
	}
	replies, err := quickreplies.For(app, owner)
	if err != nil || len(replies) < 25 {
		t.Errorf("%d quick replies, %v", len(replies), err)
	}
	tags, err := customers.AllTags(app)
	if err != nil || len(tags) < 12 {
		t.Errorf("%d tags, %v", len(tags), err)
	}
	if n, err := app.CountRecords(customers.Customers); err != nil || n < 100 {
		t.Errorf("%d customers, %v", n, err)
	}
	if ch, err := channels.Default(app); err != nil || len(ch.Entries()) < 5 {
		t.Errorf("channel: %v", err)
	}
	if named, err := conversations.Mentions(app, owner); err != nil || len(named) == 0 {
		t.Errorf("nobody asks the owner: %v, %v", named, err)
	}
	if n, err := app.CountRecords(customers.Contacts, dbx.HashExp{"blocked": true}); err != nil || n != 2 {
		t.Errorf("%d are blocked, %v", n, err)
	}
	for view, least := range map[string]int{"mine": 3, "waiting": 3, "open": 8, "bot": 2, "later": 2} {
		if counts, err := conversations.Counts(app, owner); err != nil || counts[view] < least {
			t.Errorf("%d %s, %v", counts[view], view, err)
		}
	}
}

// Whatever a conversation's row says follows from its timeline, as when the
// timeline's writer had written both.
func written(t *testing.T, app *tests.TestApp, owner *access.Person) {
	t.Helper()
	list := all(t, app, owner)
	if len(list) < 300 {
		t.Errorf("only %d conversations", len(list))
	}
	span, err := conversations.Extent(app)
	if err != nil {
		t.Fatal(err)
	}
	now, numbers, unclosed := time.Now(), map[int64]bool{}, map[string]bool{}
	kinds := map[conversations.Kind]int{}
	for _, c := range list {
		entries := timeline(t, app, c.ID)
		for _, m := range append(entries, &conversations.Message{Seq: c.Rev, Conversation: c.ID, Contact: c.Contact, Time: c.Opened}) {
			if numbers[m.Seq] || m.Seq <= 0 || m.Seq > span.Head {
				t.Fatalf("the number %d is given twice, or never was; the last is %d", m.Seq, span.Head)
			}
			numbers[m.Seq] = true
			kinds[m.Kind]++
			if m.Time.After(now) || m.Contact != c.Contact {
				t.Errorf("%s: %+v", c.ID, m)
			}
		}
		if c.Status != conversations.Closed {
			if unclosed[c.Contact] {
				t.Errorf("two conversations of %s are open", c.Contact)
			}
			unclosed[c.Contact] = true
		}
		follows(t, c, entries)
		pictures(t, app, entries)
	}
	if kinds[conversations.Image] < 3 || kinds[conversations.Note] < 10 || kinds[conversations.Text] < 2000 {
		t.Errorf("entries: %v", kinds)
	}
}

// follows replays a timeline and compares the row.
func follows(t *testing.T, c *conversations.Conversation, entries []*conversations.Message) {
	t.Helper()
	want := conversations.Conversation{Status: conversations.Waiting}
	var before *conversations.Message
	for _, m := range entries {
		if before != nil && (m.Seq <= before.Seq || m.Time.Before(before.Time)) {
			t.Errorf("%s: %+v comes after %+v", c.ID, m, before)
		}
		before = m
		replay(&want, c, m)
	}
	if c.Status != want.Status || c.Assignee != want.Assignee || c.Unread != want.Unread || c.Rating != want.Rating || len(c.Tags) != len(want.Tags) {
		t.Errorf("%s is %+v, its timeline says %+v", c.ID, c, want)
	}
	if !c.WaitingSince.Equal(want.WaitingSince) || !c.Closed.Equal(want.Closed) || !c.Opened.Equal(entries[0].Time) || c.Last == nil || !c.Last.Time.Equal(want.Opened) {
		t.Errorf("%s: times %v %v %v %+v, its timeline says %+v", c.ID, c.WaitingSince, c.Closed, c.Opened, c.Last, want)
	}
	if c.LastSeq != before.Seq || c.ReadStaff > c.LastSeq || c.ReadVisitor > c.LastSeq || c.Rev <= c.LastSeq || (c.Queued.IsZero() == (c.Status == conversations.Waiting)) {
		t.Errorf("%s: marks %+v", c.ID, c)
	}
}

// replay is what an entry does to a row. Opened stands for the time of the last
// word here.
func replay(want, c *conversations.Conversation, m *conversations.Message) {
	switch {
	case m.Kind == conversations.Event:
		switch d := m.Event(); d.Event {
		case conversations.Assigned:
			want.Assignee, want.Status = d.Staff.ID, conversations.Open
		case conversations.Transferred:
			want.Assignee, want.Status = "", conversations.Waiting
		case conversations.Snoozed:
			want.Status = conversations.Later
		case conversations.Ended:
			want.Status, want.Closed, want.WaitingSince = conversations.Closed, m.Time, time.Time{}
		case conversations.Rated:
			want.Rating = d.Score
		case conversations.Tagged:
			want.Tags = make([]string, len(d.Tags))
		}
		return
	case m.Kind == conversations.Note:
		return
	case m.From.Kind == conversations.FromVisitor:
		if m.Seq > c.ReadStaff {
			want.Unread++
		}
		if want.Status == conversations.WithBot {
			want.Status = conversations.Waiting
		}
		if want.WaitingSince.IsZero() {
			want.WaitingSince = m.Time
		}
	case m.From.Kind == conversations.FromStaff:
		want.WaitingSince = time.Time{}
	case want.WaitingSince.Equal(m.Time): // the bot answers what was pressed
		want.Status, want.WaitingSince = conversations.WithBot, time.Time{}
	}
	want.Opened = m.Time
}

func pictures(t *testing.T, app *tests.TestApp, entries []*conversations.Message) {
	t.Helper()
	for _, m := range entries {
		if m.File == "" {
			continue
		}
		f, err := files.ByID(app, m.File)
		if err != nil || f.Message() != m.ID || f.Contact() != m.Contact || f.Owner() != m.Sender || f.MIME() != "image/png" {
			t.Errorf("picture of %s: %+v, %v", m.ID, f, err)
		}
	}
}

// The timeline's writer goes on where the past ends.
func goesOn(t *testing.T, app *tests.TestApp, owner *access.Person) {
	t.Helper()
	span, err := conversations.Extent(app)
	if err != nil {
		t.Fatal(err)
	}
	mine, err := conversations.OpenOf(app, owner.ID)
	if err != nil || len(mine) == 0 {
		t.Fatal(err)
	}
	m, err := conversations.PostAsStaff(app, owner, conversations.Draft{ID: "a", Conversation: mine[0].ID, Kind: conversations.Text, Text: "您好"})
	if err != nil || m.Seq <= span.Head {
		t.Fatalf("%+v after %d, %v", m, span.Head, err)
	}
	contact, err := customers.ContactByID(app, mine[0].Contact)
	if err != nil {
		t.Fatal(err)
	}
	if m, err = conversations.PostAsVisitor(app, contact, conversations.Draft{ID: "a", Kind: conversations.Text, Text: "好的"}); err != nil || m.Conversation != mine[0].ID {
		t.Errorf("%+v, %v", m, err)
	}
	if m, err = conversations.Close(app, owner, "b", mine[0].ID); err != nil || m.Event().Event != conversations.Ended {
		t.Errorf("%+v, %v", m, err)
	}
}

// Within seconds visitors write, colleagues answer, and conversations come to
// their ends.
func plays(t *testing.T, app *tests.TestApp, p *demo.Play, owner *access.Person) {
	t.Helper()
	mine, err := conversations.OpenOf(app, owner.ID)
	if err != nil || len(mine) == 0 {
		t.Fatal(err)
	}
	server := desktest.Serve(t, app)
	events := make(chan string, 10_000)
	conversations.OnCommit(app).BindFunc(func(e *conversations.Committed) error {
		for _, m := range e.Entries {
			what := string(m.From.Kind) + " " + string(m.Kind)
			if m.Kind == conversations.Event {
				what = m.Event().Event
			}
			select {
			case events <- what:
			default:
			}
		}
		return e.Next()
	})
	ctx, stop := context.WithCancel(t.Context())
	p.Begin(ctx, server.URL, 30)
	missing := map[string]bool{
		"visitor text": true, "staff text": true, conversations.Assigned: true, conversations.Ended: true, conversations.Rated: true, conversations.Opened: true,
	}
	limit := time.After(60 * time.Second)
	for len(missing) > 0 {
		select {
		case what := <-events:
			delete(missing, what)
		case <-limit:
			t.Fatalf("never happened: %v", missing)
		}
	}
	stop()
	p.Wait()
	// Those who play leave the newcomer's conversations alone.
	still, err := conversations.OpenOf(app, owner.ID)
	if err != nil || len(still) != len(mine) {
		t.Errorf("the owner has %d instead of %d, %v", len(still), len(mine), err)
	}
	var said int
	err = app.DB().NewQuery("SELECT COUNT(*) FROM messages WHERE sender = {:owner} AND client_id != ''").Bind(dbx.Params{"owner": "staff:" + owner.ID}).Row(&said)
	if err != nil || said != 2 { // what goesOn did
		t.Errorf("somebody spoke as the owner: %d, %v", said, err)
	}
}
