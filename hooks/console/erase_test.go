package console_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
	s.call(owner, "POST customers/"+gone.customer+"/notes", object{"text": "QUARKnote怕苦"}, http.StatusCreated, nil)
	s.call(owner, "PUT conversations/"+gone.conversation+"/draft", object{"reply": "QUARKdraft"}, http.StatusOK, nil)
	index := func() {
		t.Helper()
		if err := search.IndexRecords(s.app); err != nil {
			t.Fatal(err)
		}
	}
	index()

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
	var would, did struct {
		Rows map[string]int
		At   string
	}
	s.call(owner, "GET "+erase, nil, http.StatusOK, &would)
	s.call(owner, "POST "+erase, object{}, http.StatusOK, &did)
	if did.Rows["customers"] != 1 || did.Rows["contacts"] != 1 || did.Rows["conversations"] != 1 || did.Rows["notes"] != 1 || did.Rows["drafts"] != 1 || did.Rows["messages"] < 3 || would.Rows["messages"] != did.Rows["messages"] {
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
