package backup_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/desktest/s3test"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// The form takes a store that works and no other, says what is wrong beside the field
// where it is mended, and never shows a secret, nor says of one that it is kept which
// is not.
func TestStoreIsSetByTheForm(t *testing.T) {
	t.Parallel()
	app, owner := owned(t)
	store := s3test.New(t)
	const page = "/admin/backups"
	kept := locale.In(locale.Default).T("backup.secret_kept")
	with := func(name, value string) url.Values {
		f := url.Values{
			"s3": {"on"}, "endpoint": {store.URL}, "bucket": {s3test.Name}, "region": {s3test.Region},
			"key": {s3test.Key}, "secret": {s3test.Secret}, "path_style": {"on"},
		}
		f.Set(name, value)
		return f
	}
	for name, c := range map[string]struct {
		form       url.Values
		key, field string
		is         s3test.Trouble
	}{
		"no address":     {with("endpoint", "oss"), "endpoint_wrong", "endpoint", nil},
		"no bucket":      {with("bucket", ""), "bucket_missing", "bucket", nil},
		"no secret":      {with("secret", ""), "secret_missing", "secret", nil},
		"another secret": {with("secret", "x"), "trouble_keys", "key", nil},
		"nobody there":   {with("endpoint", "http://127.0.0.1:1"), "trouble_refused", "endpoint", nil},
		"not to be listed": {with("region", ""), "trouble_forbidden", "endpoint", func(w http.ResponseWriter, r *http.Request) bool {
			return r.URL.Query().Has("list-type") && s3test.Denied(w, r)
		}},
	} {
		store.Has(c.is)
		for _, lang := range locale.Languages {
			a := owner.Send(http.MethodPost, page+"/store", strings.NewReader(c.form.Encode()), "application/x-www-form-urlencoded", "Accept-Language", lang)
			want := `id="` + c.field + `-error">` + html.EscapeString(locale.In(lang).T("backup."+c.key))
			if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Text, want) {
				t.Errorf("%s in %s: %d, without %s", name, lang, a.Status, want)
			}
			if strings.Contains(a.Text, locale.In(lang).T("backup.secret_kept")) {
				t.Errorf("%s: its secret is said to be kept", name)
			}
		}
		if app.Settings().Backups.S3.Enabled {
			t.Fatalf("%s: it is kept all the same", name)
		}
	}
	store.Has(nil)
	if a := owner.Post(page+"/store", with("region", "")); a.Status != http.StatusSeeOther {
		t.Fatalf("what works: %d %s", a.Status, a.Text)
	}
	if a := owner.Get(page); strings.Contains(a.Text, s3test.Secret) || !strings.Contains(a.Text, kept) {
		t.Error("the page shows the secret, or does not say that there is one")
	}
	if a := owner.Post(page+"/store", with("secret", "")); a.Status != http.StatusSeeOther || app.Settings().Backups.S3.Secret != s3test.Secret {
		t.Errorf("saved again: %d", a.Status)
	}
	moved := with("secret", "")
	moved.Set("endpoint", store.URL+"/elsewhere")
	if a := owner.Post(page+"/store", moved); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a secret went to another place: %d", a.Status)
	}
	if a := owner.Post(page+"/store", url.Values{}); a.Status != http.StatusSeeOther || app.Settings().Backups.S3.Enabled {
		t.Errorf("switched off: %d", a.Status)
	}
}
