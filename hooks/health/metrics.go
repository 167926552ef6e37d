package health

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// scraper is who may read the metrics at the desk's own address: a program with
// the token.
const scraper web.Permission = "metrics"

// admitScraper compares digests, which are of one length, in constant time.
func (d *desk) admitScraper(e *core.RequestEvent) error {
	if d.config.Token == "" {
		return fail.New(fail.NotFound, "fail.not_found")
	}
	sent, _ := strings.CutPrefix(e.Request.Header.Get("Authorization"), "Bearer ")
	got, want := sha256.Sum256([]byte(sent)), sha256.Sum256([]byte(d.config.Token))
	if subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
		return fail.New(fail.Unauthorized, "fail.unauthorized")
	}
	return nil
}

func (d *desk) tell(e *core.RequestEvent) error {
	d.meter.handler.ServeHTTP(e.Response, e.Request)
	return nil
}

// listen serves the metrics at their own address, where there is one.
func (d *desk) listen(e *core.ServeEvent) error {
	if d.config.Metrics == "" || d.own != nil {
		return nil
	}
	l, err := (&net.ListenConfig{}).Listen(e.Server.BaseContext(nil), "tcp", d.config.Metrics)
	if err != nil {
		return fmt.Errorf("--metrics: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", d.meter.handler)
	d.own = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second}
	go serve(d.own, l) // ends with hangUp
	e.App.Logger().Info("metrics", "address", l.Addr().String())
	return nil
}

// serve ends with the server. Its requests recover by themselves.
func serve(own *http.Server, l net.Listener) {
	defer func() {
		if p := recover(); p != nil {
			slog.Error("the metrics panicked", "panic", p)
		}
	}()
	_ = own.Serve(l)
}

func (d *desk) hangUp() {
	if d.own != nil {
		_ = d.own.Close()
		d.own = nil
	}
}

// meter counts what happens and asks for the rest when it is read.
type meter struct {
	handler  http.Handler
	requests *prometheus.CounterVec
	seconds  prometheus.Histogram
}

func newMeter(app core.App, c Config) *meter {
	m := &meter{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "xiaoer_http_requests_total", Help: "HTTP requests that were answered, by class of status."}, []string{"status"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "xiaoer_http_request_seconds", Help: "Time to answer HTTP requests.", Buckets: []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 5},
		}),
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(m.requests, m.seconds, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		gauges{app: app, version: c.Version, faults: c.Faults})
	m.handler = promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 2, DisableCompression: true})
	return m
}

// count is a middleware. A socket is no request: it is answered when it ends.
func (m *meter) count(e *core.RequestEvent) error {
	if e.Request.Header.Get("Upgrade") != "" {
		return e.Next()
	}
	began := time.Now()
	err := e.Next()
	status := e.Status()
	if status == 0 {
		status = http.StatusOK
		if err != nil {
			status = http.StatusInternalServerError
		}
	}
	m.requests.WithLabelValues(strconv.Itoa(status/100) + "xx").Inc()
	m.seconds.Observe(time.Since(began).Seconds())
	return err
}
