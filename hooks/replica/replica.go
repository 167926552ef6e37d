// Package replica keeps a warm copy of the shop, never more than a second or two
// behind, in a folder or in an S3-compatible store; see [Follow] and [Restore].
//
// The database is followed by Litestream, which reads what is committed out of
// the write-ahead log and uploads it in pieces; it owns the checkpoints
// meanwhile. The uploads, which never change, and the program's own keys are
// brought there before any piece of the database that could name them, so that
// whatever moment is restored, its files are there.
//
// A desk writes into a generation of its own, a folder that begins with a whole
// snapshot. A desk that was restored, or that has lost its place in the log,
// begins a new one: two desks never write into the same, whichever of them comes
// back. One that finds that another has begun writes no more. The uploads are shared by the generations of one desk.
//
//	<place>/desk                              whose copy this is
//	<place>/files/<aa>/<32 hex>               the uploads
//	<place>/generations/<generation>          begun or, once all of it is there, whole, and as of when
//	<place>/<generation>/keys/…               keys, and anchors of what they sign
//	<place>/<generation>/ltx/<level>/…        the database, as Litestream keeps it
//
// It knows folders and files, and nothing of what the rows mean.
package replica

import (
	"context"
	"errors"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Names within a place.
const (
	deskFile = "desk"
	uploads  = "files/"
	marks    = "generations/"
	keys     = "/keys/"
)

var (
	generation = regexp.MustCompile(`^(\d{8}-\d{6})-[0-9a-f]{8}$`)
	keyFile    = regexp.MustCompile(`^[a-z_-]{1,40}\.(key|anchor)$`)
	uploadFile = regexp.MustCompile(`^[0-9a-f]{32}$`)
)

const stamp = "20060102-150405"

// ErrNothing says that a place holds no replica that could be restored.
var ErrNothing = errors.New("there is no replica of a desk here, or none that is whole yet")

// Folder is where Litestream keeps what it has still to bring away, in the data
// folder. It belongs to the database that lies beside it and to no other.
const Folder = ".data.db-litestream"

func meta(dir string) string { return filepath.Join(dir, Folder) }

// mark is what a place says of a generation.
type mark struct {
	name    string
	whole   bool      // it can be restored
	changed time.Time // when its desk last said so
}

// begun is all that is written of a generation that is not whole yet.
const begun = "-"

// generations lists those of a place, the newest first.
func generations(ctx context.Context, p Place) ([]mark, error) {
	found, err := p.List(ctx, marks)
	if err != nil {
		return nil, err
	}
	var list []mark
	for _, o := range found {
		if name := strings.TrimPrefix(o.Name, marks); generation.MatchString(name) {
			list = append(list, mark{name, o.Size > int64(len(begun)), o.Changed})
		}
	}
	slices.SortFunc(list, func(a, b mark) int { return strings.Compare(b.name, a.name) })
	return list, nil
}
