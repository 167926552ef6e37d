package health_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks"
	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/desktest/s3test"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// How old the newest backup is can be seen where a store has it, which is not asked for
// that; and how far the warm copy is behind.
func TestMetricsTellOfTheCopies(t *testing.T) {
	t.Parallel()
	app := desktest.Bare(t)
	hooks.Register(app, &hooks.Config{MetricsToken: token})
	const mail, password = "owner@heye.cn", "heye-youxuan-2026"
	if _, err := access.AddStaff(app, nil, access.Newcomer{Email: mail, Nickname: "小满", Role: access.Owner, Password: password}); err != nil {
		t.Fatal(err)
	}
	store := s3test.New(t)
	app.Settings().Backups.S3 = core.S3Config{
		Enabled: true, Endpoint: store.URL, Bucket: s3test.Name, Region: s3test.Region, AccessKey: s3test.Key, Secret: s3test.Secret, ForcePathStyle: true,
	}
	server := desktest.Serve(t, app)
	const backups, copied = "xiaoer_backup_age_seconds ", "xiaoer_replica_age_seconds "
	if _, body := read(t, server, "Bearer "+token); strings.Contains(body, backups) || strings.Contains(body, copied) {
		t.Error("it tells of what there is not")
	}
	owner := desktest.SignIn(t, server, mail, password)
	if a := owner.Post("/admin/backups/replica", url.Values{"warm": {"on"}, "to": {t.TempDir()}}); a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	if a := owner.Post("/admin/backups", nil); a.Status != http.StatusOK {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	made := locale.In(locale.Default).T("backup.done_make")
	for end := time.After(time.Minute); !strings.Contains(owner.Get("/admin/backups").Text, made); {
		select {
		case <-tick.C:
		case <-end:
			t.Fatal("no backup is made")
		}
	}
	store.Has(func(http.ResponseWriter, *http.Request) bool { t.Error("the store is asked"); return false })
	if _, body := read(t, server, "Bearer "+token); !strings.Contains(body, backups) || !strings.Contains(body, copied) {
		t.Errorf("no %s, or no %s", backups, copied)
	}
	store.Has(nil)
}
