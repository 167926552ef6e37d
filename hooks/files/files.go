// Package files keeps what people send: pictures, recordings, documents.
//
// A file's bytes lie at <data>/files/<first two of id>/<id>, and its row says
// what is known of them. The bytes are on the disk, folder included, before the
// row commits, so that a row never promises what a power cut took; bytes without
// a row are swept. PocketBase's own file fields are not used: they are never
// fsynced, and they decode pictures of any size for thumbnails.
//
// What a file is decides its content; its name must agree. Only plain pictures,
// recordings, PDF and text are ever shown by a browser, everything else is
// handed over to be saved, see [Serve]. A picture's dimensions are read from its
// header: nothing here ever decodes one.
//
// The package does not know who may see a file, nor how much somebody may
// upload: that is for those who call it. An upload belongs to its owner and a
// contact's thread until [Claim] binds it to one message for good.
package files

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// The most that one file may be, by protocol.
const (
	MaxBytes  = 10 << 20
	MaxPixels = 40_000_000
)

// What a file is for.
const (
	ForMessage    = "message"     // swept when no message has claimed it within a day
	ForAvatar     = "avatar"      // a picture; whoever shows it keeps its id
	ForQuickReply = "quick_reply" // a picture, kept in the same way
)

// Upload is a file on its way in.
type Upload struct {
	Owner    string // who sends it: "visitor:<contact>" or "staff:<id>"
	ClientID string // the sender's own id for it; sending it again gives the first file
	Contact  string // whose thread it is meant for, if any
	Purpose  string // one of those above
	Name     string // as the sender calls it; cleaned here
	Body     io.Reader
}

var clientID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// Register refuses to let file rows be written as records, by whomever, and
// sweeps once an hour.
func Register(app core.App) {
	app.OnRecordCreate(Collection).BindFunc(refuse)
	app.OnRecordUpdate(Collection).BindFunc(refuse)
	app.OnRecordDelete(Collection).BindFunc(refuse)
	watchRoom(app)
	app.Cron().MustAdd("files_sweep", "17 * * * *", func() {
		if err := Sweep(app, time.Now()); err != nil {
			app.Logger().Error("sweep files", "error", err)
		}
	})
}

// refuse keeps rows and bytes together: only this package writes either.
func refuse(*core.RecordEvent) error { return fail.New(fail.Forbidden, "files.kept") }

// Store checks an upload and keeps it. It returns once bytes, folder and row are
// on the disk. The same upload again, by owner and client id, is the first file;
// other bytes under that id are [fail.IDReused].
func Store(app core.App, u Upload) (*File, error) { return store(app, shelfOf(app), u) }

func store(app core.App, s shelf, u Upload) (*File, error) {
	if u.ClientID != "" {
		if !clientID.MatchString(u.ClientID) {
			return nil, fail.New(fail.Invalid, "files.client_id").On("id")
		}
		first, err := byClientID(app, u.Owner, u.ClientID)
		if err != nil {
			return nil, err
		}
		if first != nil {
			return again(first, u.Body)
		}
	}
	bytes, err := s.keep(u)
	if err != nil {
		return nil, err
	}
	if err = insert(app, u, bytes, types.NowDateTime()); err == nil {
		return ByID(app, bytes.id)
	}
	s.forget(app, bytes.id)
	// The same upload from another tab may have been faster.
	if first, lookup := byClientID(app, u.Owner, u.ClientID); lookup == nil && first != nil && u.ClientID != "" {
		return same(first, bytes.sha256)
	}
	return nil, fmt.Errorf("keep the row of a file: %w", err)
}

// again compares a repeated upload with its first without keeping it.
func again(first *File, body io.Reader) (*File, error) {
	var none counter
	sum, err := none.copy(io.Discard, body)
	if err != nil {
		return nil, err
	}
	return same(first, sum)
}

func same(first *File, sha256 string) (*File, error) {
	if first.SHA256() != sha256 {
		return nil, fail.New(fail.IDReused, "fail.id_reused").On("id")
	}
	return first, nil
}

// Copy keeps the bytes of f once more, for u's owner and purpose: the two live and
// go by themselves.
func Copy(app core.App, f *File, u Upload) (*File, error) {
	bytes, err := Open(app, f)
	if err != nil {
		return nil, fmt.Errorf("copy: %w", err)
	}
	defer func() { _ = bytes.Close() }()
	u.Name, u.Body = f.Name(), bytes
	return Store(app, u)
}

// Open opens the bytes of f; fs.ErrNotExist where they are lost.
func Open(app core.App, f *File) (io.ReadCloser, error) {
	bytes, err := os.Open(shelfOf(app).path(f.ID()))
	if err != nil {
		return nil, fmt.Errorf("file %s: %w", f.ID(), err)
	}
	return bytes, nil
}

// Claim binds an upload to the message that carries it, inside that message's
// own transaction. Each file is claimed once, by its uploader, in the thread it
// was uploaded for; the same message may claim it again. [fail.FileGone] else.
func Claim(app core.App, id, owner, contact, message string) error {
	claimed, err := claim(app, id, owner, contact, message)
	if err != nil {
		return fmt.Errorf("claim file %s: %w", id, err)
	}
	if !claimed {
		return fail.New(fail.FileGone, "fail.file_gone").On("file")
	}
	return nil
}

// Remove takes a file away, row first. Call it after the commit that made the
// file superfluous, such as a recalled message's. One that is gone is no error.
func Remove(app core.App, id string) error {
	if err := deleteRow(app, id); err != nil {
		return fmt.Errorf("remove file %s: %w", id, err)
	}
	return shelfOf(app).remove(id)
}
