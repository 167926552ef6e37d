package console_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/search"
)

// TestACustomerIsErasedForGood: what was known and said of them is found nowhere any
// more, in no row, no index and no byte of the folder; others are untouched.
func TestACustomerIsErasedForGood(t *testing.T) {
	t.Parallel()
	s := open(t)
	gone, other := s.ask("我是QUARKcanary想退款"), s.ask("我是别人")
	name, phone := "QUARKname", "13866602719"
	if _, err := customers.Edit(s.app, gone.customer, customers.Change{Name: &name, Phone: &phone}); err != nil {
		t.Fatal(err)
	}
	owner := s.hire(access.Owner)
	exec := func(query string, p dbx.Params) {
		t.Helper()
		if _, err := s.app.NonconcurrentDB().NewQuery(query).Bind(p).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	s.call(owner, "POST customers/"+gone.customer+"/notes", object{"text": "QUARKnote怕苦"}, http.StatusCreated, nil)
	s.call(owner, "PUT conversations/"+gone.conversation+"/draft", object{"reply": "QUARKdraft"}, http.StatusOK, nil)
	index := func() {
		t.Helper()
		if err := errors.Join(search.IndexRecords(s.app), conversations.Index(t.Context(), s.app)); err != nil {
			t.Fatal(err)
		}
	}
	index()
	leaveTraces(s, owner, gone, other)
	exec("UPDATE customers SET external_id = 'QUARKid' WHERE id = {:id}", dbx.Params{"id": gone.customer})
	exec("UPDATE contacts SET identity = 'QUARKid' WHERE id = {:id}", dbx.Params{"id": gone.contact})
	exec("ANALYZE", nil) // samples of what is indexed

	erase := "customers/" + gone.customer + "/erase"
	s.call(s.hire(access.Supervisor), "POST "+erase, object{}, http.StatusForbidden, nil)
	s.call(owner, "POST "+erase, object{}, http.StatusConflict, nil) // they are still spoken with
	p, err := access.ByID(s.app, owner.id)
	if err != nil {
		t.Fatal(err)
	}
	for _, conversation := range []string{gone.conversation, other.conversation} {
		if _, err = conversations.Take(s.app, p, "t"+conversation, conversation); err != nil {
			t.Fatal(err)
		}
		if _, err = conversations.Close(s.app, p, "c"+conversation, conversation); err != nil {
			t.Fatal(err)
		}
	}
	s.call(owner, "POST customers/"+gone.customer+"/block", object{"reason": "QUARKreason"}, http.StatusNoContent, nil)
	s.call(owner, "DELETE customers/"+gone.customer+"/block", nil, http.StatusNoContent, nil)
	var would, did struct {
		Rows map[string]int
		At   string
	}
	s.call(owner, "GET "+erase, nil, http.StatusOK, &would)
	s.call(owner, "POST "+erase, object{}, http.StatusOK, &did)
	if did.Rows["customers"] != 1 || did.Rows["contacts"] != 1 || did.Rows["conversations"] != 1 || did.Rows["notes"] != 2 || did.Rows["files"] != 1 || did.Rows["merges"] != 1 || did.Rows["drafts"] != 1 || did.Rows["messages"] < 3 || would.Rows["messages"] != did.Rows["messages"] {
		t.Errorf("would erase %v, did erase %v", would.Rows, did.Rows)
	}
	s.call(owner, "GET customers/"+gone.customer, nil, http.StatusNotFound, nil)
	s.call(owner, "GET conversations/"+gone.conversation+"/thread", nil, http.StatusNotFound, nil)
	s.call(someone{token: gone.token}, "POST visitor/messages", object{"id": "m2", "kind": "text", "text": "还在吗"}, http.StatusUnauthorized, nil)
	s.call(owner, "GET customers/"+other.customer, nil, http.StatusOK, nil)

	index()
	for range 50 {
		if err = conversations.Purge(s.app); err != nil {
			t.Fatal(err)
		}
	}
	err = filepath.WalkDir(s.app.DataDir(), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, trace := range []string{"QUARK", "quark", phone, "怕苦"} {
			if i := bytes.Index(raw, []byte(trace)); i >= 0 {
				t.Errorf("%s has %q: …%q…", filepath.Base(path), trace, strings.ToValidUTF8(string(raw[max(0, i-80):min(len(raw), i+80)]), "?"))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	hits, err := search.Find(t.Context(), s.app, p, search.Asked{Typed: "别人"})
	if err != nil || len(hits.Hits) != 1 {
		t.Errorf("of others %d are found, %v", len(hits.Hits), err)
	}
}

// leaveTraces has happen to a customer what is written down in other places than
// with them: a file that was taken back, a promise, a merge that was undone, a rule
// that fired, a group that was told, a page that was visited.
func leaveTraces(s *shop, owner someone, gone, other asking) {
	s.t.Helper()
	visitor := someone{token: gone.token}
	var up struct{ File struct{ ID string } }
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	_ = w.WriteField("id", "up1")
	part, err := w.CreateFormFile("file", "QUARKfile.txt")
	if err != nil {
		s.t.Fatal(err)
	}
	_, _ = part.Write([]byte("QUARKbytes"))
	_ = w.Close()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.server.URL+"/api/xiaoer/visitor/files", &form)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+gone.token)
	res, err := s.server.Client().Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	if err = json.NewDecoder(res.Body).Decode(&up); err != nil || up.File.ID == "" {
		s.t.Fatalf("upload: %d, %v", res.StatusCode, err)
	}
	s.call(visitor, "POST visitor/messages", object{"id": "f1", "kind": "file", "file": up.File.ID}, http.StatusOK, nil)
	var again struct{ Token string }
	s.call(visitor, "POST visitor", object{"page": object{"url": "https://shop.example/QUARKpage", "title": "QUARKtitle"}}, http.StatusOK, &again)
	s.call(owner, "POST reminders", object{"id": "p1", "conversation": gone.conversation, "text": "QUARKpromise", "due": time.Now().Add(time.Hour)}, http.StatusCreated, nil)
	name := "QUARKname"
	var done struct{ Merge struct{ ID string } }
	s.call(owner, "POST customers/"+other.customer+"/merge", object{"with": gone.customer, "take": []string{"name", "phone"}}, http.StatusOK, &done)
	s.call(owner, "POST customers/"+other.customer+"/merges/"+done.Merge.ID+"/undo", object{}, http.StatusNoContent, nil)
	if c, failed := customers.ByID(s.app, gone.customer); failed != nil || c.Name() != name {
		s.t.Fatalf("parted again as %v, %v", c, failed)
	}
	s.call(owner, "POST customers/"+gone.customer+"/reveal", object{"field": "phone", "reason": "核对"}, http.StatusOK, nil)
	region := "QUARKtown"
	if _, err = customers.Edit(s.app, gone.customer, customers.Change{Region: &region}); err != nil {
		s.t.Fatal(err)
	}
	s.call(owner, "POST customers/"+gone.customer+"/notes", object{"text": "QUARKdeleted"}, http.StatusCreated, nil)
}
