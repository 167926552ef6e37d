package conversations_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

// copied is a copy of app's database, in one connection.
func copied(t *testing.T, app core.App) *sql.DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data.db")
	if _, err := app.NonconcurrentDB().NewQuery("VACUUM INTO '" + path + "'").Execute(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	return db
}

// C27. Whatever changes in an entry below the program is found, and named; what the
// program itself does to it is not.
func TestWhatIsStoredProvesItself(t *testing.T) {
	t.Parallel()
	app, _ := formDesk(t)
	if err := access.EnsureRoles(app); err != nil {
		t.Fatal(err)
	}
	s, err := access.AddStaff(app, nil, access.Newcomer{Email: "owner@example.com", Nickname: "店主", Password: "orange-Kettle-42", Role: access.Owner})
	if err != nil {
		t.Fatal(err)
	}
	who := contact(t, app)
	boss, err := access.ByID(app, s.Id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = conversations.PostAsVisitor(app, who, filled("form", map[string]string{"order": "A100", "kind": "退货", "phone": "13800138000"})); err != nil {
		t.Fatal(err)
	}
	said, err := conversations.PostAsVisitor(app, who, text("m", "在吗"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []conversations.Draft{{ID: "n", Kind: conversations.Note, Text: "老客户"}, {ID: "s", Kind: conversations.Text, Text: "您好", Quote: said.ID}} {
		d.Conversation = said.Conversation
		if _, err = conversations.PostAsStaff(app, boss, d); err != nil {
			t.Fatal(err)
		}
	}
	taken, err := conversations.PostAsVisitor(app, who, text("r", "说错了"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = conversations.Recall(app, conversations.Visitor(who), "rr", taken.ID); err != nil {
		t.Fatal(err)
	}
	if _, err = conversations.PostAsVisitor(app, who, text("m", "在吗")); err != nil {
		t.Errorf("what was sent is not known again: %v", err)
	}
	db := copied(t, app)
	ids, err := conversations.Altered(t.Context(), db)
	if err != nil || len(ids) > 0 {
		t.Fatalf("nothing has changed, and %v have, %v", ids, err)
	}
	for column, value := range map[string]string{
		"text": "'在么'", "data": "'{}'", "quote": "'x'", "file": "'x'", "kind": "'note'", "staff_only": "TRUE", "recalled": "TRUE", "time": "'2020-01-01 00:00:00.000Z'",
		"`from`": "json_set(`from`, '$.name', '别人')", "client_id": "'other'", "hash": "'0' || substr(hash, 2)", "sender": "'visitor:x'", "`time`": "CAST(time AS BLOB)", "`data`": "NULL", "[from]": "'{'", "conversation": "'x'",
	} {
		for _, statement := range []string{"BEGIN", "UPDATE messages SET " + column + " = " + value + " WHERE id = '" + said.ID + "'"} {
			if _, err = db.Exec(statement); err != nil {
				t.Fatal(err)
			}
		}
		if ids, err = conversations.Altered(t.Context(), db); err != nil || !slices.Equal(ids, []string{said.ID}) {
			t.Errorf("%s has changed, and %v have, %v", column, ids, err)
		}
		if _, err = db.Exec("ROLLBACK"); err != nil {
			t.Fatal(err)
		}
	}
}
