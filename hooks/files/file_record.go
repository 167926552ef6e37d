package files

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// Collection is the PocketBase collection this package owns. Its rows are
// written with SQL by this package alone, see [Register].
const Collection = "files"

var _ core.RecordProxy = (*File)(nil)

// File is what is known of a stored file. A row never changes but for the
// message that claims it.
type File struct{ core.BaseRecordProxy }

func wrap(r *core.Record) *File {
	f := &File{}
	f.SetProxyRecord(r)
	return f
}

// ID is 32 hex digits, 128 random bits.
func (f *File) ID() string { return f.Id }

// Owner is the uploader, as "visitor:<contact>" or "staff:<id>".
func (f *File) Owner() string { return f.GetString("owner") }

// ClientID is the uploader's own id for it, or "".
func (f *File) ClientID() string { return f.GetString("client_id") }

// Contact is whose thread it was uploaded for, or "".
func (f *File) Contact() string { return f.GetString("contact") }

// Message is the message that carries it, "" until it is sent.
func (f *File) Message() string { return f.GetString("message") }

// Purpose is what it is for, such as [ForMessage].
func (f *File) Purpose() string { return f.GetString("purpose") }

// Name is the sender's name for it, cleaned by [Clean].
func (f *File) Name() string { return f.GetString("name") }

// MIME is the type by content. It begins with image/, audio/ or text/ only where
// a browser may show the file.
func (f *File) MIME() string { return f.GetString("mime") }

// Size is in bytes.
func (f *File) Size() int64 { return int64(f.GetInt("size")) }

// Width is a picture's, in pixels; 0 for everything else.
func (f *File) Width() int { return f.GetInt("width") }

// Height is a picture's, in pixels; 0 for everything else.
func (f *File) Height() int { return f.GetInt("height") }

// SHA256 is the digest of the bytes, in hex.
func (f *File) SHA256() string { return f.GetString("sha256") }

// FiledAs is a name for it beside others in a folder: its own, behind its day and as
// much of its id as tells it from them.
func (f *File) FiledAs() string {
	return "files/" + f.Created().Time().UTC().Format("20060102") + "-" + f.Id[:12] + "-" + Clean(f.Name())
}

// Shown reports whether a browser may show it: all else is to be saved, and opened by
// who knows what it is.
func (f *File) Shown() bool {
	mime, _, _ := strings.Cut(f.MIME(), ";")
	return plain[mime] != nil
}

// Created is when it was uploaded.
func (f *File) Created() types.DateTime { return f.GetDateTime("created") }
