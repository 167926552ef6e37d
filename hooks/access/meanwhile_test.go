package access_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
)

// A password takes its time to be compared. What ends the sign-ins of an account
// in that time ends the one under way, too.
func TestNobodySignsInByWhatWasRightAMomentAgo(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(core.App, string) error{
		"disabled":     func(app core.App, id string) error { return access.Disable(app, nil, id) },
		"new password": func(app core.App, id string) error { _, err := access.ResetPassword(app, nil, id); return err },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := shop(t)
			found := staff(t, app, "ann@heye.cn") // by the right password
			if err := meanwhile(app, found.Id); err != nil {
				t.Fatal(err)
			}
			if _, err := access.Begin(app, found, access.Device{}); err == nil {
				t.Error("signed in on a browser")
			}
			if _, err := access.Issue(app, found, access.Device{}); err == nil {
				t.Error("got a token")
			}
		})
	}
}

// Who changes their password in the moment in which they are disabled stays
// disabled.
func TestAChangeTakesBackNothingThatWasChangedMeanwhile(t *testing.T) {
	t.Parallel()
	app := shop(t)
	read := staff(t, app, "ann@heye.cn")
	if err := access.Disable(app, nil, read.Id); err != nil {
		t.Fatal(err)
	}
	if err := access.SetPassword(app, read, "another-horse-8"); err == nil {
		t.Error("a disabled account has a new password")
	}
	if !staff(t, app, "ann@heye.cn").Disabled() {
		t.Error("the account is enabled again")
	}
}

// Somebody is disabled in the very moment in which they change their presence.
func TestADisablingIsNotOverwritten(t *testing.T) {
	t.Parallel()
	app := shop(t)
	id, done := staff(t, app, "ann@heye.cn").Id, make(chan error, 1)
	err := access.Change(app, id, func(*access.Staff) {
		go func() { done <- access.Disable(app, nil, id) }()
		select {
		case err := <-done: // nothing was in its way
			done <- err
		case <-time.After(200 * time.Millisecond):
		}
	})
	if err = errors.Join(err, <-done); err != nil {
		t.Fatal(err)
	}
	if !staff(t, app, "ann@heye.cn").Disabled() {
		t.Error("the account is enabled again")
	}
}

// Signed out everywhere is out of the dashboard, too, whose opening is told.
func TestTheDashboardIsASignInToo(t *testing.T) {
	t.Parallel()
	app, server := open(t)
	res := post(t, server, "/api/collections/_superusers/auth-with-password", jsonType, `{"identity":"owner@heye.cn","password":"`+password+`"}`)
	token := read(t, res).Token
	settings := func() int {
		return send(t, server, http.MethodGet, "/api/settings", "", "Authorization", token).StatusCode
	}
	if settings() != http.StatusOK {
		t.Fatalf("the dashboard does not open: %s", res.Text)
	}
	told, err := audit.Find(t.Context(), app, audit.Query{Act: "sign_ins.dashboard_opened"})
	if err != nil || len(told.Entries) != 1 {
		t.Errorf("told %d times: %v", len(told.Entries), err)
	}
	if err := access.EndSignIns(app, staff(t, app, "owner@heye.cn").Id, ""); err != nil {
		t.Fatal(err)
	}
	if got := settings(); got == http.StatusOK {
		t.Error("the dashboard stays open")
	}
}
