package backup

import (
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/disk"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/backup"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

const path = "/admin/backups"

func (d *desk) routes() []web.Route {
	get, post := http.MethodGet, http.MethodPost
	list := []web.Route{
		{Method: get, Path: path, Handle: d.page},
		{Method: post, Path: path, Handle: d.makeNow},
		{Method: post, Path: path + "/plan", Handle: d.savePlan},
		{Method: post, Path: path + "/store", Handle: d.saveStore},
		{Method: get, Path: path + "/replica", Handle: d.replicaNow},
		{Method: post, Path: path + "/replica", Handle: d.saveReplica},
		{Method: post, Path: path + "/losses", Handle: d.accept},
		{Method: post, Path: path + "/losses/remind", Handle: d.remind},
		{Method: get, Path: path + "/{name}/file", Handle: d.download},
		{Method: post, Path: path + "/{name}/verify", Handle: d.verify},
		{Method: post, Path: path + "/{name}/restore", Handle: d.restore},
		{Method: post, Path: path + "/upload", Handle: d.upload, Most: web.Unbounded},
	}
	for i := range list {
		list[i].Permission = access.BackupsManage
	}
	return list
}

func (d *desk) page(e *core.RequestEvent) error {
	m := d.model(e)
	return web.Show(e, backup.Page(m), backup.Now(m))
}

// model is what the page shows.
func (d *desk) model(e *core.RequestEvent) backup.Backups {
	say, plan := locale.In(web.Language(e)), PlanOf(e.App)
	m := backup.Backups{Admin: web.Admin(e, "backups", say.T("backup.title"), "js/admin/backups.js")}
	m.Restores = access.MustBeOwner(access.Of(e)) == nil
	m.Zone = zone(e.App).String()
	m.Off, m.Hour, m.Keep = plan.Off, plan.Hour, strconv.Itoa(plan.Keep)
	m.Store = shown(e.App.Settings().Backups.S3)
	list, err := Shelf(e.App)
	if err != nil {
		m.Unreachable = true
		e.App.Logger().Warn("the store of backups", "error", err)
	}
	for _, c := range list {
		m.Copies = append(m.Copies, backup.Copy{
			Name: c.Name, Size: disk.Text(c.Size), Made: c.Made.In(zone(e.App)).Format("2006-01-02 15:04"),
			BeforeUpdate: onShelf.FindStringSubmatch(c.Name)[1] != "",
		})
	}
	if len(list) > 0 {
		m.Age = list[0].Ago(say, time.Now())
	}
	m.Old = err == nil && Overdue(e.App, list, time.Now())
	m.Warm = d.warmth(e.App, say)
	m.Losses = lossesOf(e.App).words(say)
	found := Damaged(e.App)
	if found != nil {
		m.Damage = found.print()
	}
	d.maker.describe(say, found, &m, zone(e.App))
	return m
}

// describe says what is being done, or how the last thing ended, which is what was
// found where that was a backup.
func (k *maker) describe(say locale.Speaker, found *Damage, m *backup.Backups, zone *time.Location) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.working != "":
		m.Working = say.T("backup.doing_" + k.working)
	case k.failed != nil:
		m.Failed = say.T("backup.failed_"+k.last, "Why", why(say, k.failed))
	case found != nil && (k.last == doMake || k.last == ""):
		m.Failed = found.words(say)
	case k.last != "":
		m.Done = say.T("backup.done_" + k.last)
	case !k.back.IsZero():
		m.Done = say.T("backup.back", "Made", k.back.In(zone).Format("2006-01-02 15:04"))
	}
}

func (d *desk) makeNow(e *core.RequestEvent) error {
	if err := d.maker.start(e.App, doMake); err != nil {
		return err
	}
	return d.page(e)
}

// download sends a backup: all of the shop, and so an act that is told.
func (d *desk) download(e *core.RequestEvent) error {
	name := e.Request.PathValue("name")
	from, size, err := take(e.Request.Context(), e.App, name)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	if err := audit.Add(e.App, entry("downloaded", name)); err != nil {
		return err
	}
	h := e.Response.Header()
	h.Set("Content-Type", "application/zip")
	if size > 0 { // and the browser shows how far it is
		h.Set("Content-Length", strconv.FormatInt(size, 10))
	}
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_ = http.NewResponseController(e.Response).SetWriteDeadline(time.Time{}) // a large shop on a slow line takes its time
	if _, err := io.Copy(e.Response, from); err != nil {
		panic(http.ErrAbortHandler) // a beginning must not look like all of it
	}
	return nil
}

// entry is what the audit trail is told of a backup.
func entry(act, name string) audit.Entry {
	const kind = "backup"
	return audit.Entry{Act: kind + "." + act, Object: audit.Object{Kind: kind, ID: name, Name: name}}
}

// Ago says how old a backup is.
func Ago(say locale.Speaker, d time.Duration) string {
	switch {
	case d < time.Minute:
		return say.T("backup.ago_now")
	case d < time.Hour:
		return say.T("backup.ago_minutes", "Count", int(d.Minutes()))
	case d < 48*time.Hour:
		return say.T("backup.ago_hours", "Count", int(d.Hours()))
	default:
		return say.T("backup.ago_days", "Count", int(d.Hours()/24))
	}
}

// Ago says how old c is.
func (c Copy) Ago(say locale.Speaker, now time.Time) string {
	made := c.dated(now)
	if made.IsZero() {
		return say.T("backup.ago_ahead")
	}
	return Ago(say, max(now.Sub(made), 0))
}

// shown is a store without its secret.
func shown(c core.S3Config) backup.Store {
	return backup.Store{
		On: c.Enabled, Endpoint: c.Endpoint, Bucket: c.Bucket, Region: c.Region, Key: c.AccessKey, PathStyle: c.ForcePathStyle, HasSecret: c.Secret != "",
	}
}
