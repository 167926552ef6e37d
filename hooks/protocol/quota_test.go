package protocol_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// C76. A visitor uploads no more files, and no more bytes, than they may, whether
// they say beforehand how many these are or not; who comes after them is not held
// to what they have used up.
func TestUploadsEndAtTheQuota(t *testing.T) {
	t.Parallel()
	s := open(t)
	l := settings.StandardLimits()
	l.UploadBytesDay, l.Uploads = 25<<20, 5
	if err := settings.SaveLimits(s.app, l); err != nil {
		t.Fatal(err)
	}
	send := func(token, id string, size int, chunked bool) int {
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		_ = w.WriteField("id", id)
		part, _ := w.CreateFormFile("file", "a.bin")
		_, _ = part.Write(make([]byte, size))
		_ = w.Close()
		var body io.Reader = &form
		if chunked {
			body = io.MultiReader(&form) // of no length that anybody knows
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.server.URL+"/api/xiaoer/visitor/files", body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", w.FormDataContentType())
		r.Header.Set("Authorization", "Bearer "+token)
		answer, err := s.server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode == http.StatusTooManyRequests && answer.Header.Get("Retry-After") == "" {
			t.Error("nobody is told when to try again")
		}
		return answer.StatusCode
	}
	for name, c := range map[string]struct {
		size    int
		chunked bool
		fit     int
	}{
		"many":             {10, false, 5},
		"large":            {9 << 20, false, 2},
		"large, unsaid":    {9 << 20, true, 2},
		"how large is not": {10, true, 2},
	} {
		token, taken := s.visitor().str("token"), 0
		for i := range 7 {
			switch status := send(token, fmt.Sprint("u", i), c.size, c.chunked); status {
			case http.StatusOK:
				taken++
			case http.StatusTooManyRequests:
			default:
				t.Errorf("%s: upload %d was answered %d", name, i, status)
			}
		}
		if taken != c.fit {
			t.Errorf("%s: %d were taken, not %d", name, taken, c.fit)
		}
	}
}
