package chatcore_test

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/dianxiaoer/xiaoer/hooks/journeys/chatcore"
)

type report struct {
	Seed     int      `json:"seed"`
	Faults   []string `json:"faults"`
	Messages int      `json:"messages"`
	Reloads  int      `json:"reloads"`
	Cuts     int      `json:"cuts"`
	Repeats  int      `json:"repeats"`
	Retries  int      `json:"retries"`
	Resets   int      `json:"resets"`
}

func TestNothingIsLostOrDoubledOnABadNetwork(t *testing.T) {
	var total report
	for _, r := range play(t, open(t), "play(1, 120, false)") {
		for _, fault := range r.Faults {
			t.Errorf("seed %d: %s", r.Seed, fault)
		}
		total.Messages += r.Messages
		total.Reloads += r.Reloads
		total.Cuts += r.Cuts
		total.Repeats += r.Repeats
		total.Retries += r.Retries
		total.Resets += r.Resets
	}
	t.Logf("%d messages, %d reloads, %d cuts, %d repeats, %d retries, %d resets",
		total.Messages, total.Reloads, total.Cuts, total.Repeats, total.Retries, total.Resets)
	if total.Messages < 120*50 || total.Cuts < 120 || total.Repeats < 120 || total.Resets < 20 {
		t.Error("the network was too kind to prove anything")
	}
}

func TestACursorThatMovesByAcksIsCaught(t *testing.T) {
	caught := 0
	for _, r := range play(t, open(t), "play(1, 20, true)") {
		if len(r.Faults) > 0 {
			caught++
		}
	}
	if caught == 0 {
		t.Error("the broken core passed all 20 seeds")
	}
}

func play(t *testing.T, ctx context.Context, expression string) []report {
	t.Helper()
	await := func(p *runtime.EvaluateParams) { p.AwaitPromise = new(true) }
	reports, err := chromedp.Run(ctx, chromedp.Evaluate[[]report](expression, await))
	if err != nil {
		t.Fatal(err)
	}
	return reports
}

// open starts a browser of its own on the simulation's page.
func open(t *testing.T) context.Context {
	t.Helper()
	path := chromium(t)
	server := httptest.NewServer(chatcore.Handler())
	t.Cleanup(server.Close)
	limit, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	allocator, done := chromedp.NewExecAllocator(limit, chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	t.Cleanup(done)
	ctx, shut := chromedp.NewContext(allocator)
	t.Cleanup(shut)
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL)); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// chromium finds the browser, skips the test without one, and fails it in CI.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no Chromium found; CI installs one")
	}
	t.Skip("no Chromium found; see the README")
	return ""
}
