package protocol

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/files"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

const (
	fieldMost = 1 << 10 // bytes of a plain field
	partsMost = 20      // of a form; ours have three
)

// upload is a multipart form with one file.
type upload struct {
	values map[string]string
	name   string
	body   io.Reader
}

// readUpload reads a form up to its file, which is then read from the wire. A
// client that puts one of the needed fields behind the file has it kept in
// memory instead.
func readUpload(r *http.Request, needed ...string) (*upload, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, fail.New(fail.Invalid, "fail.invalid").Because(err)
	}
	u := &upload{values: map[string]string{}}
	for range partsMost {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			if u.body == nil {
				return nil, fail.New(fail.Invalid, "conversations.file_needed").On("file")
			}
			return u, nil
		case err != nil:
			return nil, web.Unread(err)
		case part.FormName() == "file" && u.body == nil:
			done, err := u.take(part, needed)
			if err != nil || done {
				return u, err
			}
		default:
			value, err := io.ReadAll(io.LimitReader(part, fieldMost))
			if err != nil {
				return nil, web.Unread(err)
			}
			u.values[part.FormName()] = string(value)
		}
	}
	return nil, fail.New(fail.Invalid, "fail.invalid")
}

// take uses part as the file, and reports whether nothing more is needed.
func (u *upload) take(part *multipart.Part, needed []string) (bool, error) {
	u.name, u.body = part.FileName(), part
	complete := true
	for _, field := range needed {
		complete = complete && u.values[field] != ""
	}
	if complete {
		return true, nil
	}
	kept, err := io.ReadAll(io.LimitReader(part, files.MaxBytes+1))
	if err != nil {
		return false, web.Unread(err)
	}
	u.body = bytes.NewReader(kept)
	return false, nil
}
