package backup_test

import (
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
)

// A backup that is announced larger than the disk is refused before it is sent.
func TestUploadThatDoesNotFit(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	if _, err := access.AddStaff(app, nil, access.Newcomer{Email: "owner@heye.cn", Nickname: "小满", Role: access.Owner, Password: password}); err != nil {
		t.Fatal(err)
	}
	s := desktest.Serve(t, app)
	owner := desktest.SignIn(t, s, "owner@heye.cn", password)
	body, never := io.Pipe()
	defer func() { _ = never.CloseWithError(errors.New("the test is over")) }()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/admin/backups/upload", body)
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = 1 << 42
	r.Header.Set("Content-Type", "application/zip")
	a, err := owner.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Body.Close() }()
	if a.StatusCode != http.StatusInsufficientStorage {
		t.Errorf("it is taken: %d", a.StatusCode)
	}
}
