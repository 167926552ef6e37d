package health

import (
	"net"
	"net/netip"
	"runtime"
	"strconv"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/outbox"
	"github.com/dianxiaoer/xiaoer/hooks/queries"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/health"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// page shows all of it.
func (d *desk) page(e *core.RequestEvent) error {
	say := locale.In(web.Language(e))
	x := exam{app: e.App, say: say, now: time.Now(), me: access.Of(e).Email}
	zone := hours.Zone(settings.ShopOf(e.App).Zone)
	noticed, times := queries.Noticed()
	m := health.Health{
		Admin: web.Admin(e, "health", say.T("health.title"), "js/admin/health.js"),
		Reach: reach(e), Now: strconv.FormatInt(x.now.UnixMilli(), 10),
		Zone: x.now.In(zone).Format("2006-01-02 15:04 ") + zone.String(),
		Data: append([]health.Check{x.disk(), x.backup(), x.writing()}, x.warm()...),
		Word: []health.Check{x.mail(), x.robots(), x.outbox()},
		Load: []health.Check{x.sockets(), x.slow(noticed, times)},
		Facts: []health.Fact{
			{Label: say.T("health.version"), Value: d.config.Version},
			{Label: "Go", Value: runtime.Version() + " · " + runtime.GOOS + "/" + runtime.GOARCH},
			{Label: say.T("health.memory"), Value: memory()},
			{Label: say.T("health.metrics"), Value: d.metricsAt(say)},
		},
	}
	for _, n := range noticed[:min(len(noticed), 10)] {
		m.Slow = append(m.Slow, health.Slow{Query: n.Query, Times: n.Times, Worst: n.Worst.Round(time.Millisecond).String(), Last: n.Last.In(zone).Format("01-02 15:04")})
	}
	m.Count()
	return web.Show(e, health.Page(m), health.Page(m))
}

func (d *desk) metricsAt(say locale.Speaker) string {
	switch {
	case d.config.Metrics != "":
		return "http://" + d.config.Metrics + "/metrics"
	case d.config.Token != "":
		return say.T("health.metrics_token")
	default:
		return say.T("health.metrics_off")
	}
}

// reach is what the server knows of the way that this request took; the script
// holds it against what the browser knows.
func reach(e *core.RequestEvent) health.Reach {
	scheme := "http://"
	if web.Secure(e) {
		scheme = "https://"
	}
	r := health.Reach{Origin: scheme + e.Request.Host, Public: web.PublicURL(e.App)}
	peer, err := netip.ParseAddrPort(e.Request.RemoteAddr)
	if err == nil && e.Request.Header.Get("X-Forwarded-For") != "" && peer.Port() != 0 { // a believed one has no port any more
		r.Proxy = netip.PrefixFrom(peer.Addr().Unmap(), peer.Addr().Unmap().BitLen()).String()
	}
	if host, _, err := net.SplitHostPort(e.Request.Host); err == nil {
		r.Host = host
	} else {
		r.Host = e.Request.Host
	}
	return r
}

// tryAgain takes up what the outbox has given up.
func tryAgain(e *core.RequestEvent) error {
	var n int
	err := e.App.RunInTransaction(func(app core.App) error {
		var err error
		if n, err = outbox.TryAgain(app, time.Now()); err != nil || n == 0 {
			return err
		}
		return audit.Add(app, audit.Entry{Act: "outbox.retried", Object: audit.Object{Kind: "outbox", Name: strconv.Itoa(n)}})
	})
	if err != nil {
		return err
	}
	return web.Done(e, path, "health.outbox_again_done", "Count", n)
}

func memory() string {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return strconv.FormatUint((m.Sys-m.HeapReleased)>>20, 10) + " MB"
}
