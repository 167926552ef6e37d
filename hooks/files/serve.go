package files

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Nothing that is uploaded may act as a page of this server's. The sandbox
// gives a file an origin of its own even if a browser took it for a page.
const (
	sandboxed = "sandbox; default-src 'none'; frame-ancestors 'self'"
	// Browsers' PDF viewers do not start in a sandbox. A PDF runs no script with
	// this server's rights: its viewer keeps it apart.
	viewerOnly = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)

// Serve sends a file's bytes, in ranges where asked. Plain pictures, recordings,
// PDF and text may be shown; everything else is to be saved, whatever it claims
// to be. The caller has made sure that this person may have it.
func Serve(e *core.RequestEvent, f *File) error {
	bytes, err := os.Open(shelfOf(e.App).path(f.ID()))
	if errors.Is(err, fs.ErrNotExist) {
		e.App.Logger().Error("a file's bytes are missing", "file", f.ID())
		return fail.New(fail.NotFound, "fail.not_found").Because(err)
	}
	if err != nil {
		return fmt.Errorf("open file %s: %w", f.ID(), err)
	}
	defer func() { _ = bytes.Close() }()
	h := e.Response.Header()
	switch {
	case f.MIME() == "application/pdf":
		h.Set("Content-Type", f.MIME())
		h.Set("Content-Disposition", disposition("inline", f.Name()))
		h.Set("Content-Security-Policy", viewerOnly)
	case f.Shown():
		h.Set("Content-Type", f.MIME())
		h.Set("Content-Disposition", disposition("inline", f.Name()))
		h.Set("Content-Security-Policy", sandboxed)
	default:
		h.Set("Content-Type", opaque)
		h.Set("Content-Disposition", disposition("attachment", f.Name()))
		h.Set("Content-Security-Policy", sandboxed)
	}
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer") // the key is in the address
	// Long enough not to fetch a thread's pictures again on every visit, short
	// enough for a recalled one to be gone.
	h.Set("Cache-Control", "private, max-age=300")
	h.Set("ETag", `"`+f.SHA256()+`"`)
	http.ServeContent(e.Response, e.Request, "", f.Created().Time(), bytes)
	return nil
}
