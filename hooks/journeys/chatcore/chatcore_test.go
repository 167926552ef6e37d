package chatcore_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
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

// C38. What the small pure parts of our scripts claim holds, what is filled into a
// text among them.
func TestWhatTheChatCoreStandsOnHolds(t *testing.T) {
	got := evaluate[struct {
		Broken []string `json:"broken"`
		Count  int      `json:"count"`
	}](t, open(t), "claims()")
	for _, claim := range got.Broken {
		t.Error(claim)
	}
	if got.Count < 15 {
		t.Errorf("%d claims were made", got.Count)
	}
}

type lived struct {
	Token    string   `json:"token"`
	Promised []string `json:"promised"`
	Shown    []string `json:"shown"`
	Left     []string `json:"left"`
	State    string   `json:"state"`
}

const (
	seeds      = 5 // how many visitors of the simulation meet the real server, at once
	fewestCuts = 3 // that prove something
)

func TestNothingIsLostOnTheRealServer(t *testing.T) {
	app := desktest.New(t)
	if _, err := channels.Add(app, channels.New{Name: "Shop", Default: true}); err != nil {
		t.Fatal(err)
	}
	server := desktest.Serve(t, app)
	var proxies []*chatcore.Proxy
	var calls []string
	for seed := uint64(1); seed <= seeds; seed++ {
		proxy, err := chatcore.NewProxy(server.Listener.Addr().String(), seed)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(proxy.Close)
		time.AfterFunc(8*time.Second, func() { proxy.Calm(fewestCuts) }) // they write for about five
		proxies = append(proxies, proxy)
		calls = append(calls, fmt.Sprintf(`live(%d, {url: "ws://%s/ws", api: "%s/api/xiaoer/visitor"})`, seed, proxy.Addr(), server.URL))
	}
	for i, got := range evaluate[[]lived](t, open(t), "Promise.all(["+strings.Join(calls, ", ")+"])") {
		stored := spoken(t, server.URL, got.Token)
		slices.Sort(got.Promised) // the words are numbered in the order of their sending
		if !slices.Equal(stored, got.Promised) {
			t.Errorf("seed %d: stored %q, promised %q", i+1, stored, got.Promised)
		}
		if !slices.Equal(got.Shown, stored) || len(got.Left) > 0 || got.State != "ready" {
			t.Errorf("seed %d: shows %q of %q, still to send %q, is %s", i+1, got.Shown, stored, got.Left, got.State)
		}
		t.Logf("seed %d: %d words, %d cuts", i+1, len(stored), proxies[i].Cuts())
		if proxies[i].Cuts() < fewestCuts {
			t.Errorf("seed %d: %d cuts prove nothing", i+1, proxies[i].Cuts())
		}
	}
}

// spoken lists what a visitor is stored to have said, in the timeline's order.
func spoken(t *testing.T, base, token string) []string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/api/xiaoer/visitor/messages", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var page struct {
		Messages []struct {
			Text string `json:"text"`
			From struct {
				Kind string `json:"kind"`
			} `json:"from"`
		} `json:"messages"`
	}
	if err := json.NewDecoder(res.Body).Decode(&page); err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res.Status, err)
	}
	var texts []string
	for _, m := range page.Messages {
		if m.From.Kind == "visitor" {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

func play(t *testing.T, ctx context.Context, expression string) []report {
	t.Helper()
	return evaluate[[]report](t, ctx, expression)
}

func evaluate[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	await := func(p *runtime.EvaluateParams) { p.AwaitPromise = new(true) }
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, await))
	if err != nil {
		t.Fatal(err)
	}
	return value
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
