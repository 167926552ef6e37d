package backup

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/replica"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/backup"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

func (d *desk) savePlan(e *core.RequestEvent) error {
	form := e.Request.PostFormValue
	plan, err := planOf(form)
	if f, refused := errors.AsType[*fail.Error](err); refused {
		m := d.model(e)
		m.Off, m.Keep, m.Errors = form("on") == "", form("keep"), said(e, f)
		return web.ShowStatus(e, f.Kind.Status(), backup.Page(m), backup.PlanForm(m))
	}
	if err := settings.Save(e.App, planKey, plan); err != nil {
		return err
	}
	return web.Done(e, path, "backup.plan_saved")
}

func planOf(form func(string) string) (Plan, error) {
	keep, err := strconv.Atoi(strings.TrimSpace(form("keep")))
	if err != nil {
		keep = 0
	}
	hour, err := strconv.Atoi(form("hour"))
	if err != nil {
		hour = -1
	}
	plan := Plan{Off: form("on") == "", Hour: hour, Keep: keep}
	return plan, plan.check()
}

func said(e *core.RequestEvent, f *fail.Error) map[string]string {
	return map[string]string{f.Field: f.Text(web.Language(e))}
}

// saveStore changes where backups are kept, once it was found to work.
func (d *desk) saveStore(e *core.RequestEvent) error {
	form := func(name string) string { return strings.TrimSpace(e.Request.PostFormValue(name)) }
	s, err := e.App.Settings().Clone()
	if err != nil {
		return err
	}
	store, err := storeOf(form, s.Backups.S3)
	if err == nil && store.Enabled {
		err = reach(e.Request.Context(), addressOf(store), ofStore)
	}
	if f, refused := errors.AsType[*fail.Error](err); refused {
		m := d.model(e)
		m.Store, m.Errors = shown(store), said(e, f)
		m.Store.HasSecret = s.Backups.S3.Secret != "" // what was refused is not kept
		return web.ShowStatus(e, f.Kind.Status(), backup.Page(m), backup.StoreForm(m))
	}
	before := s.Backups.S3
	s.Backups.S3 = store
	if err := e.App.Save(s); err != nil {
		return err
	}
	if before.Enabled != store.Enabled || before.Endpoint != store.Endpoint || before.Bucket != store.Bucket {
		d.maker.moved()
	}
	return web.Done(e, path, "backup.store_saved")
}

// storeOf reads the form. A secret is only ever written: left empty it stays,
// unless it would now be sent to another place.
func storeOf(form func(string) string, before core.S3Config) (core.S3Config, error) {
	if form("s3") == "" {
		return core.S3Config{}, nil
	}
	now := core.S3Config{
		Enabled: true, Endpoint: form("endpoint"), Bucket: form("bucket"), Region: form("region"), AccessKey: form("key"),
		Secret: form("secret"), ForcePathStyle: form("path_style") != "",
	}
	if now.Region == "" {
		now.Region = replica.NoRegion // PocketBase wants one
	}
	if now.Bucket == "" {
		return now, fail.New(fail.Invalid, "backup.bucket_missing").On("bucket")
	}
	if u, err := url.Parse(now.Endpoint); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return now, fail.New(fail.Invalid, "backup.endpoint_wrong").On("endpoint")
	}
	if now.Secret == "" && now.Endpoint == before.Endpoint && now.AccessKey == before.AccessKey {
		now.Secret = before.Secret
	}
	if now.Secret == "" {
		return now, fail.New(fail.Invalid, "backup.secret_missing").On("secret")
	}
	return now, nil
}

// fields are the form's where a trouble is to be mended, by its key; "" has the others.
type fields map[string]string

var (
	ofStore   = fields{"": "endpoint", "backup.trouble_keys": "key", "backup.trouble_bucket": "bucket", "backup.trouble_region": "region"}
	ofReplica = fields{"": "to", "backup.trouble_keys": "replica_key"}
)

// reach tries a place before it is relied upon.
func reach(ctx context.Context, to replica.Address, of fields) error {
	place, err := to.Open()
	if err != nil {
		return fail.New(fail.Invalid, "backup."+of[""]+"_wrong").On(of[""]).Because(err)
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	if err = replica.Try(ctx, place); err != nil {
		f := trouble(err)
		if f.Key == troubleOther {
			f.Key = "backup.store_wrong"
		}
		return f.On(cmp.Or(of[f.Key], of[""]))
	}
	return nil
}

// start begins what needs no more than its name.
func (k *maker) start(app core.App, what string) error {
	return k.begin(app, what, func(ctx context.Context) error { return k.make(ctx, app) })
}

func (d *desk) verify(e *core.RequestEvent) error {
	app, name := e.App, e.Request.PathValue("name")
	if err := there(e.Request.Context(), app, name); err != nil {
		return err
	}
	err := d.maker.begin(app, doVerify, func(ctx context.Context) error {
		file, done, err := fetch(ctx, app, name, 1)
		if err != nil {
			return err
		}
		defer done()
		_, err = Verify(ctx, file)
		return err
	})
	if err != nil {
		return err
	}
	return d.page(e)
}

// restore lays a backup from the shelf ready and starts the program anew, which
// exchanges the data. Everybody's work stops for that moment.
func (d *desk) restore(e *core.RequestEvent) error {
	if err := access.MustBeOwner(access.Of(e)); err != nil {
		return err
	}
	app, name := e.App, e.Request.PathValue("name")
	if err := there(e.Request.Context(), app, name); err != nil {
		return err
	}
	return d.replace(e, name, func(ctx context.Context) (string, func(), error) { return fetch(ctx, app, name, 2) }, func() {})
}

// upload restores from a file that the browser sends as the request's body.
func (d *desk) upload(e *core.RequestEvent) error {
	if err := access.MustBeOwner(access.Of(e)); err != nil {
		return err
	}
	control := http.NewResponseController(e.Response)
	_ = control.SetReadDeadline(time.Time{}) // a large shop on a slow line takes its time
	file, done, err := receive(e.App, web.Stream(e), 2*max(e.Request.ContentLength, 0))
	if err != nil {
		return err
	}
	if _, err := Verify(e.Request.Context(), file); err != nil {
		done()
		return fail.New(fail.Invalid, "backup.failed_verify", "Why", why(locale.In(web.Language(e)), err)).Because(err)
	}
	return d.replace(e, "", func(context.Context) (string, func(), error) { return file, done, nil }, done)
}

// replace restores what from brings; busy is called where that is never asked
// for.
func (d *desk) replace(e *core.RequestEvent, name string, from func(context.Context) (string, func(), error), busy func()) error {
	app := e.App
	err := d.maker.begin(app, doRestore, func(ctx context.Context) error {
		file, done, err := from(ctx)
		if err != nil {
			return err
		}
		defer done()
		if _, err = Stage(ctx, file, app.DataDir(), audit.Of(app)); err != nil {
			return err
		}
		if err = audit.Add(app, entry("restoring", name)); err != nil {
			return errors.Join(err, unstage(app.DataDir()))
		}
		d.restart(app)
		return nil
	})
	if err != nil {
		busy()
		return err
	}
	if web.WantsPart(e) {
		return d.page(e)
	}
	return e.JSON(http.StatusAccepted, map[string]string{"message": locale.In(web.Language(e)).T("backup.doing_restore")})
}
