package backup_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/backup"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

const backupsPage = "/admin/backups"

// loses has the shop know of an upload that its disk does not have.
func loses(t testing.TB, app core.App, content string) (id string) {
	t.Helper()
	sum := sha256.Sum256([]byte(content))
	id = hex.EncodeToString(sum[:16])
	_, err := app.NonconcurrentDB().NewQuery("INSERT INTO files (id, owner, sha256, size, purpose) VALUES ({:id}, 'visitor:x', {:sum}, {:size}, 'message')").
		Bind(dbx.Params{"id": id, "sum": hex.EncodeToString(sum[:]), "size": len(content)}).Execute()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// backsUp makes a backup as the page does, and returns the page when that has ended.
func backsUp(t testing.TB, owner *desktest.Browser) string {
	t.Helper()
	if a := owner.Post(backupsPage, url.Values{}); a.Status != http.StatusOK {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if a := owner.Get(backupsPage); !strings.Contains(a.Text, "<progress") || !strings.Contains(a.Text, locale.In("zh-CN").T("backup.doing_make")) {
			return a.Text
		}
		<-tick.C
	}
}

var whichDamage = regexp.MustCompile(`name="which" value="([0-9a-f]+)"`)

// What is lost for good is told of until whoever runs the shop has said that they
// know, and no longer; they may take that back. Only what they were shown is meant,
// and old backups go as planned from then on.
func TestLossesThatAreKnownAreNotToldOf(t *testing.T) {
	t.Parallel()
	app, owner := owned(t)
	shelf := filepath.Join(app.DataDir(), core.LocalBackupsDirName)
	if err := os.MkdirAll(shelf, 0o700); err != nil {
		t.Fatal(err)
	}
	keep := backup.PlanOf(app).Keep
	for i := range keep + 1 {
		if err := os.WriteFile(filepath.Join(shelf, fmt.Sprintf("xiaoer-20260101-00000%d.zip", i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	onShelf := func() int {
		list, err := backup.Shelf(app)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	first := loses(t, app, "a picture")
	shown := whichDamage.FindStringSubmatch(backsUp(t, owner))
	if shown == nil || backup.Damaged(app) == nil {
		t.Fatal("it was not told of")
	}
	second := loses(t, app, "another picture")
	backsUp(t, owner)
	if a := owner.Post(backupsPage+"/losses", url.Values{"which": {shown[1]}}); a.Status != http.StatusConflict {
		t.Errorf("what was not shown is known: %d", a.Status)
	}
	shown = whichDamage.FindStringSubmatch(owner.Get(backupsPage).Text)
	if a := owner.Post(backupsPage+"/losses", url.Values{"which": {shown[1]}}); a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	if page := owner.Get(backupsPage).Text; whichDamage.MatchString(page) || !strings.Contains(page, locale.In("zh-CN").T("backup.losses_undo")) || backup.Damaged(app) != nil {
		t.Error("it is still told of, or cannot be taken back")
	}
	if page := backsUp(t, owner); whichDamage.MatchString(page) || onShelf() != keep {
		t.Errorf("the next backup tells of it, or keeps old ones: %d", onShelf())
	}
	third := loses(t, app, "a third picture")
	backsUp(t, owner)
	if d := backup.Damaged(app); d == nil || !slices.Equal(d.Uploads, []string{third}) {
		t.Errorf("one more is lost: %v", d)
	}
	if a := owner.Post(backupsPage+"/losses/remind", url.Values{}); a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	backsUp(t, owner)
	if d, all := backup.Damaged(app), []string{first, second, third}; d == nil || len(d.Uploads) != len(all) {
		t.Errorf("taken back: %v, want %v", d, all)
	}
}

// Who takes back that they know what is lost is told of that as before, and of nothing
// that they knew of already.
func TestKnownLossesAreTakenBack(t *testing.T) {
	t.Parallel()
	app, owner := owned(t)
	say := locale.In("zh-CN")
	accepts := func(page string) (which string) {
		t.Helper()
		which = whichDamage.FindStringSubmatch(page)[1]
		if a := owner.Post(backupsPage+"/losses", url.Values{"which": {which}}); a.Status != http.StatusSeeOther {
			t.Fatalf("%d %s", a.Status, a.Text)
		}
		return which
	}
	loses(t, app, "a picture")
	first := accepts(backsUp(t, owner))
	second := loses(t, app, "another picture")
	undo := backupsPage + "/losses/remind?which=" + accepts(backsUp(t, owner))
	if a := owner.Post(backupsPage+"/losses/remind?which="+first, url.Values{}); a.Status != http.StatusConflict {
		t.Errorf("what is not the last is taken back: %d", a.Status)
	}
	if a := owner.Post(undo, url.Values{}); a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	if d := backup.Damaged(app); d == nil || !slices.Equal(d.Uploads, []string{second}) {
		t.Errorf("told of is %v", d)
	}
	page := owner.Get(backupsPage).Text
	if !whichDamage.MatchString(page) || !strings.Contains(page, say.T("backup.damaged", "What", say.T("backup.damaged_uploads", "Count", 1, "Which", second))) {
		t.Error("the page does not tell of it")
	}
	backsUp(t, owner)
	if d := backup.Damaged(app); d == nil || !slices.Equal(d.Uploads, []string{second}) {
		t.Errorf("the next backup tells of %v", d)
	}
	if a := owner.Post(undo, url.Values{}); a.Status != http.StatusConflict {
		t.Errorf("taken back twice: %d", a.Status)
	}
}

// What is there again, and lost once more, is told of.
func TestWhatCameBackMayBeLostAgain(t *testing.T) {
	t.Parallel()
	app, owner := owned(t)
	const picture = "a picture"
	id := loses(t, app, picture)
	path := filepath.Join(app.DataDir(), "files", id[:2], id)
	shown := whichDamage.FindStringSubmatch(backsUp(t, owner))
	if a := owner.Post(backupsPage+"/losses", url.Values{"which": {shown[1]}}); a.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(picture), 0o600)); err != nil {
		t.Fatal(err)
	}
	backsUp(t, owner)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	backsUp(t, owner)
	if d := backup.Damaged(app); d == nil || !slices.Equal(d.Uploads, []string{id}) {
		t.Errorf("it is lost once more: %v", d)
	}
}
