package export_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tests"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
)

const password = "orange-Kettle-42"

var noon = time.Date(2026, 11, 27, 4, 0, 0, 0, time.UTC)

// shop is a desk with a customer of whom everything is known, and another one. Its
// clock stands still.
type shop struct {
	testing.TB
	app     *tests.TestApp
	server  *httptest.Server
	channel string
	ann     *access.Person
}

func open(tb testing.TB) *shop {
	tb.Helper()
	s := &shop{TB: tb, app: desktest.New(tb)}
	clock.Set(s.app, func() time.Time { return noon })
	s.must(access.EnsureGroups(s.app), access.EnsureRoles(s.app))
	ch, err := channels.Add(s.app, channels.New{Name: "官网", Default: true})
	s.must(err)
	s.channel = ch.Id
	s.ann = s.hire("ann", access.Owner)
	s.server = desktest.Serve(tb, s.app)
	return s
}

func (s *shop) must(errs ...error) {
	s.Helper()
	for _, err := range errs {
		if err != nil {
			s.Fatal(err)
		}
	}
}

func (s *shop) hire(name, role string) *access.Person {
	s.Helper()
	r, err := access.AddStaff(s.app, nil, access.Newcomer{
		Email: name + "@example.com", Nickname: "客服-" + name, RealName: "真名" + name, Password: password, Role: role,
	})
	s.must(err)
	p, err := access.ByID(s.app, r.Id)
	s.must(err)
	return p
}

func (s *shop) browser(name string) *desktest.Browser {
	return desktest.SignIn(s, s.server, name+"@example.com", password)
}

// row writes one as it stands.
func (s *shop) row(table string, of dbx.Params) {
	s.Helper()
	_, err := s.app.NonconcurrentDB().Insert(table, of).Execute()
	s.must(err)
}

func at(minutes int) time.Time { return noon.Add(time.Duration(minutes-600) * time.Minute) }

func stored(minutes int) string { return clock.Stored(at(minutes)) }

// fileID is one of 32 hex digits.
func fileID(n int) string { return fmt.Sprintf("%012x%020x", n+0xabc, n) }

// file keeps bytes under a name, as an upload of a contact's that a message carries.
func (s *shop) file(n int, message, contact, name, mime string, content []byte) string {
	s.Helper()
	id, sum := fileID(n), sha256.Sum256(content)
	path := filepath.Join(s.app.DataDir(), "files", id[:2], id)
	s.must(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, content, 0o600))
	s.row("files", dbx.Params{
		"id": id, "owner": "visitor:" + contact, "contact": contact, "message": message, "purpose": "message", "name": name, "mime": mime,
		"size": len(content), "width": 4, "height": 3, "sha256": hex.EncodeToString(sum[:]), "created": stored(n),
	})
	return id
}

// past writes conversations and entries; those of seq 0 are numbered in turn.
func (s *shop) past(of []*conversations.Conversation, said []*conversations.Message) {
	s.Helper()
	s.must(conversations.WritePast(s.app, func(p *conversations.Past) error {
		for _, m := range said {
			m.Seq = p.Next()
			if err := p.Entry(m); err != nil {
				return err
			}
		}
		for _, c := range of {
			c.Rev = p.Next()
			c.LastSeq = c.Rev
			if err := p.Conversation(c); err != nil {
				return err
			}
		}
		return nil
	}))
}

// someone is a customer with one contact and one conversation.
func (s *shop) someone(id, name string) {
	s.Helper()
	s.row("customers", dbx.Params{"id": id, "name": name, "tags": "[]", "custom": "{}", "created": stored(0), "updated": stored(0)})
	s.row("contacts", dbx.Params{"id": "contact" + id, "customer": id, "channel": s.channel, "name": name, "created": stored(0), "seen": stored(500)})
}

func (s *shop) talk(customer string, n int) *conversations.Conversation {
	return &conversations.Conversation{
		ID: fmt.Sprintf("talk%d%s", n, customer), Contact: "contact" + customer, Customer: customer, Channel: s.channel,
		Status: conversations.Closed, Priority: "normal", Assignee: s.ann.ID, Opened: at(10 * n), Closed: at(10*n + 9),
	}
}

func (s *shop) entry(c *conversations.Conversation, n int, kind conversations.Kind, text string, from conversations.Author) *conversations.Message {
	return &conversations.Message{ID: fmt.Sprintf("m%d%s", n, c.Customer), Conversation: c.ID, Contact: c.Contact, Kind: kind, Text: text, From: from, Time: at(n), StaffOnly: kind == conversations.Note}
}

// unpacked is a copy, by the names of its files.
type unpacked struct {
	t     testing.TB
	files map[string][]byte
	order []string
}

func unpack(t testing.TB, raw []byte) *unpacked {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	u := &unpacked{t, map[string][]byte{}, nil}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if u.files[f.Name] != nil {
			t.Errorf("%s is there twice", f.Name)
		}
		u.files[f.Name] = content
		u.order = append(u.order, f.Name)
	}
	return u
}

// listing is a manifest as far as tests look at it.
type listing struct {
	Customer         string
	Rows             map[string]int
	Missing, Damaged []string
	Files            []struct {
		Path   string
		Bytes  int
		SHA256 string
	}
}

// manifest is what the copy says of itself, held against what there is.
func (u *unpacked) manifest() listing {
	u.t.Helper()
	var m listing
	if err := json.Unmarshal(u.files["manifest.json"], &m); err != nil {
		u.t.Fatal(err)
	}
	if len(m.Files) != len(u.files)-1 {
		u.t.Errorf("%d files are listed, %d are there: %v", len(m.Files), len(u.files)-1, u.order)
	}
	for _, f := range m.Files {
		sum := sha256.Sum256(u.files[f.Path])
		if f.Bytes != len(u.files[f.Path]) || f.SHA256 != hex.EncodeToString(sum[:]) {
			u.t.Errorf("%s is not as listed", f.Path)
		}
	}
	return m
}

func (s *shop) export(customer string) *unpacked {
	s.Helper()
	a := s.browser("ann").Send("POST", "/desk/customers/"+customer+"/export", nil, "")
	if a.Status != 200 || a.Header.Get("Content-Type") != "application/zip" || a.Header.Get("Cache-Control") != "no-store" {
		s.Fatalf("export: %d %v %.300s", a.Status, a.Header, a.Text)
	}
	return unpack(s.TB, []byte(a.Text))
}
