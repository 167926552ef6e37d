package backup_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
)

const password = "correct-horse-7"

// keeper is somebody who may keep backups and is no owner.
func keeper(t *testing.T) (*httptest.Server, *desktest.Browser) {
	t.Helper()
	app := desktest.New(t)
	if _, err := access.AddStaff(app, nil, access.Newcomer{Email: "owner@heye.cn", Nickname: "小满", Role: access.Owner, Password: password}); err != nil {
		t.Fatal(err)
	}
	role, err := access.AddRole(app, nil, "备份员", []access.Permission{access.BackupsManage})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := access.AddStaff(app, nil, access.Newcomer{Email: "keeper@heye.cn", Nickname: "阿存", Role: role.Id, Password: password}); err != nil {
		t.Fatal(err)
	}
	s := desktest.Serve(t, app)
	return s, desktest.SignIn(t, s, "keeper@heye.cn", password)
}

// Whoever may put other data in the place of the shop's makes themselves an owner
// by it: there is an account in the file that they made.
func TestOnlyAnOwnerRestores(t *testing.T) {
	t.Parallel()
	s, b := keeper(t)
	page := b.Get("/admin/backups")
	if page.Status != http.StatusOK || strings.Contains(page.Text, "data-restore") {
		t.Errorf("the page of who may keep backups: %d", page.Status)
	}
	for path, body := range map[string]string{"/admin/backups/upload": "PK", "/admin/backups/xiaoer-20260101-000000.zip/restore": ""} {
		if a := b.Send(http.MethodPost, path, strings.NewReader(body), "application/zip"); a.Status != http.StatusForbidden {
			t.Errorf("%s by no owner: %d", path, a.Status)
		}
	}
	owner := desktest.SignIn(t, s, "owner@heye.cn", password)
	if a := owner.Send(http.MethodPost, "/admin/backups/upload", strings.NewReader("PK"), "application/zip"); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("no backup, by an owner: %d", a.Status)
	}
}
