package conversations

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// A cursor is one AES block over the database's epoch and a timeline number:
// opaque, equal for equal places, and telling nothing of how much a shop talks.
// The epoch makes one that was made elsewhere, or made up, show itself.
type cursors struct {
	block cipher.Block
	epoch uint64
}

// ErrOtherEpoch says that a cursor was not made by this database: it was
// restored or copied since, or the cursor is none.
var ErrOtherEpoch = errors.New("cursor of another epoch")

func (k *cursors) encode(seq int64) string {
	var plain, sealed [aes.BlockSize]byte
	binary.BigEndian.PutUint64(plain[:8], k.epoch)
	binary.BigEndian.PutUint64(plain[8:], uint64(seq)) //nolint:gosec // never negative
	k.block.Encrypt(sealed[:], plain[:])
	return base64.RawURLEncoding.EncodeToString(sealed[:])
}

func (k *cursors) decode(cursor string) (int64, error) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(sealed) != aes.BlockSize {
		return 0, ErrOtherEpoch
	}
	var plain [aes.BlockSize]byte
	k.block.Decrypt(plain[:], sealed)
	seq := binary.BigEndian.Uint64(plain[8:])
	if binary.BigEndian.Uint64(plain[:8]) != k.epoch || seq > 1<<62 {
		return 0, ErrOtherEpoch
	}
	return int64(seq), nil
}

// Cursor is the cursor of the timeline number seq.
func Cursor(app core.App, seq int64) (string, error) {
	k, err := of(app).cursors(app)
	if err != nil {
		return "", err
	}
	return k.encode(seq), nil
}

// Seq is the timeline number that cursor stands for; [ErrOtherEpoch] where it
// stands for none of ours.
func Seq(app core.App, cursor string) (int64, error) {
	k, err := of(app).cursors(app)
	if err != nil {
		return 0, err
	}
	return k.decode(cursor)
}

// Before is the number that a page of history ends before: that of cursor, or
// the end where it is empty.
func Before(app core.App, cursor string) (int64, error) {
	if cursor == "" {
		return 1 << 62, nil
	}
	seq, err := Seq(app, cursor)
	if errors.Is(err, ErrOtherEpoch) {
		return 0, fail.New(fail.Invalid, "conversations.cursor_shape").On("before")
	}
	return seq, err
}

// Span is what the timeline holds: the number of its newest entry or change,
// and the lowest number that retention has left.
type Span struct{ Floor, Head int64 }

// Extent reads the timeline's span.
func Extent(app core.App) (Span, error) {
	var s Span
	err := app.ConcurrentDB().NewQuery("SELECT floor, last FROM sequence WHERE id = 1").Row(&s.Floor, &s.Head)
	return s, err
}

// cursors loads the key and the epoch once.
func (t *timeline) cursors(app core.App) (*cursors, error) {
	if k := t.keys.Load(); k != nil {
		return k, nil
	}
	var epoch, key string
	if err := app.DB().NewQuery("SELECT epoch, cursor_key FROM sequence WHERE id = 1").Row(&epoch, &key); err != nil {
		return nil, fmt.Errorf("reading the epoch: %w", err)
	}
	k, err := newCursors(epoch, key)
	if err != nil {
		return nil, err
	}
	t.keys.Store(k)
	return k, nil
}

func newCursors(epoch, key string) (*cursors, error) {
	e, err := hex.DecodeString(epoch)
	if err != nil || len(e) != 8 {
		return nil, fmt.Errorf("epoch %q is not 8 bytes", epoch)
	}
	raw, err := hex.DecodeString(key)
	if err != nil {
		return nil, fmt.Errorf("cursor key: %w", err)
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return nil, fmt.Errorf("cursor key: %w", err)
	}
	return &cursors{block: block, epoch: binary.BigEndian.Uint64(e)}, nil
}

// renewEpoch gives the database a new epoch where the file beside it does not
// name the present one: then this is not the database that the cursors out
// there were made by. The file is written first, so that a crash in between
// only renews once more.
func (t *timeline) renewEpoch(e *core.ServeEvent) error {
	if e.Server == nil {
		return e.Next() // routes are listed, nothing is served
	}
	var epoch string
	if err := e.App.DB().NewQuery("SELECT epoch FROM sequence WHERE id = 1").Row(&epoch); err != nil {
		return fmt.Errorf("reading the epoch: %w", err)
	}
	file := filepath.Join(e.App.DataDir(), "epoch")
	if beside, err := os.ReadFile(file); err == nil && string(beside) == epoch { //nolint:gosec // our own data folder
		return e.Next()
	}
	fresh := make([]byte, 8)
	_, _ = rand.Read(fresh) // never fails
	epoch = hex.EncodeToString(fresh)
	if err := os.WriteFile(file, []byte(epoch), 0o600); err != nil {
		return fmt.Errorf("writing the epoch: %w", err)
	}
	_, err := e.App.NonconcurrentDB().NewQuery("UPDATE sequence SET epoch = {:epoch} WHERE id = 1").
		Bind(dbx.Params{"epoch": epoch}).Execute()
	if err != nil {
		return fmt.Errorf("renewing the epoch: %w", err)
	}
	t.keys.Store(nil)
	return e.Next()
}
