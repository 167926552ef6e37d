package journeys_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser is one Chromium for all journeys. It keeps frames of other sites in
// the page's process, so that one session sees all of a shop's page, the
// widget's sockets from their first frame included. What parts the sites for
// their pages (origins, policies, storage) is not touched by that.
var browser = sync.OnceValues(func() (context.Context, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		on := func(name string) chromedp.ExecAllocatorOption { return chromedp.Flag(name, true) }
		allocator, _ := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox,
			chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.WindowSize(1440, 900),
			chromedp.UserDataDir(filepath.Join(scratch, "profile")), chromedp.Flag("accept-lang", "zh-CN,zh"), chromedp.Flag("lang", "zh-CN"),
			chromedp.Flag("disable-features", "Translate,SitePerProcess,IsolateOrigins"), on("disable-site-isolation-trials"),
			on("disable-quic"), on("disable-dev-shm-usage"), on("disable-background-networking"), on("disable-component-update"), on("disable-sync"),
			on("disable-background-timer-throttling"), on("disable-backgrounding-occluded-windows"), on("disable-renderer-backgrounding"),
			on("disable-extensions"), on("disable-default-apps"), on("mute-audio"), chromedp.Flag("force-color-profile", "srgb"))
		ctx, cancel := chromedp.NewContext(allocator)
		browserDone = cancel
		return ctx, chromedp.Do(ctx)
	}
	return nil, exec.ErrNotFound
})

var browserDone context.CancelFunc

func closeBrowser() {
	if browserDone != nil {
		browserDone()
	}
}

// chromium returns the browser, skips the test where there is none, and fails
// it in CI.
func chromium(t testing.TB) context.Context {
	t.Helper()
	ctx, err := browser()
	switch {
	case err == nil:
		return ctx
	case ctx != nil:
		t.Fatalf("start Chromium: %v", err)
	case os.Getenv("CI") == "true":
		t.Fatal("no Chromium found; CI installs one")
	}
	t.Skip("no Chromium found; see the README")
	return nil
}

// person is somebody with a browser of their own and one tab in it.
type person struct {
	*view
	t    testing.TB
	name string
	// secret is that of the authenticator on their phone.
	secret string
	spent  string          // the code with which it was set up
	tab    context.Context //nolint:containedctx // chromedp's handle of a tab is a context

	mu       sync.Mutex // guards what the browser tells
	addrs    map[cdp.FrameID]string
	worlds   map[cdp.FrameID]runtime.ExecutionContextID
	sockets  map[network.RequestID]string
	frames   []frame
	loading  map[network.RequestID]transfer // with what was not the body, so far, taken off
	loaded   []transfer
	problems []string
	borne    []string
}

// frame is one of a socket of ours.
type frame struct {
	Sent bool
	Text string
}

// transfer is a request that was answered.
type transfer struct {
	URL   string
	Bytes float64 // of the body on the wire, as it is compressed
}

// somebody opens a browser profile that nobody has used before.
func somebody(t testing.TB, name string) *person {
	t.Helper()
	return open(t, name, chromium(t), chromedp.WithNewBrowserContext())
}

// another opens a second tab in the same profile.
func (p *person) another() *person {
	p.t.Helper()
	return open(p.t, p.name+", second tab", p.tab, chromedp.WithExistingBrowserContext(chromedp.FromContext(p.tab).BrowserContextID))
}

func open(t testing.TB, name string, parent context.Context, where chromedp.ContextOption) *person {
	t.Helper()
	p := &person{
		t: t, name: name, addrs: map[cdp.FrameID]string{}, worlds: map[cdp.FrameID]runtime.ExecutionContextID{},
		sockets: map[network.RequestID]string{}, loading: map[network.RequestID]transfer{},
	}
	p.view = &view{p: p}
	tab, cancel := chromedp.NewContext(parent, where, chromedp.WithListener(p.hear))
	p.tab = tab
	t.Cleanup(func() { //nolint:contextcheck // the tab is the context
		if t.Failed() {
			p.keep()
		}
		cancel()
		p.check()
	})
	if err := chromedp.Do(tab); err != nil {
		t.Fatalf("%s: open a tab: %v", name, err)
	}
	call(p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	p.prefer("light") //nolint:contextcheck // the tab is the context
	return p
}

// prefer sets the system's colours, and that it wants nothing to move.
func (p *person) prefer(scheme string) {
	p.t.Helper()
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
}

// phone makes the tab a telephone's.
func (p *person) phone() {
	p.t.Helper()
	if err := chromedp.Do(p.tab, chromedp.EmulateViewport(390, 844, chromedp.EmulatePortrait, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulateScale(2))); err != nil {
		p.t.Fatal(err)
	}
}

// resize makes the window that wide.
func (p *person) resize(width int64) {
	p.t.Helper()
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1})
}

// call sends one command of the DevTools protocol.
func call[P, R any](p *person, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.tab, patience)
	defer cancel()
	result, err := chromedp.Call(ctx, command, params)
	if err != nil {
		p.t.Fatalf("%s: %s: %v", p.name, command.Method, err)
	}
	return result
}

// visit opens an address and waits until it has loaded.
func (p *person) visit(address string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.tab, 2*patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		p.t.Fatalf("%s: visit %s: %v", p.name, address, err)
	}
}

func (p *person) reload() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.tab, 2*patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Reload()); err != nil {
		p.t.Fatalf("%s: reload: %v", p.name, err)
	}
}

// hear takes down what the browser tells. It must not block.
func (p *person) hear(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *page.EventFrameNavigated:
		p.addrs[e.Frame.ID] = e.Frame.URL
	case *page.EventFrameDetached:
		delete(p.addrs, e.FrameID)
		delete(p.worlds, e.FrameID)
	case *runtime.EventExecutionContextCreated:
		var about struct {
			IsDefault bool
			FrameID   cdp.FrameID
		}
		if json.Unmarshal(e.Context.AuxData, &about) == nil && about.IsDefault {
			p.worlds[about.FrameID] = e.Context.ID
		}
	case *network.EventWebSocketCreated:
		p.sockets[e.RequestID] = e.URL
	case *network.EventWebSocketFrameSent:
		p.record(e.RequestID, e.Response, true)
	case *network.EventWebSocketFrameReceived:
		p.record(e.RequestID, e.Response, false)
	case *network.EventRequestWillBeSent:
		p.loading[e.RequestID] = transfer{URL: e.Request.URL}
	case *network.EventResponseReceived:
		p.loading[e.RequestID] = transfer{e.Response.URL, -e.Response.EncodedDataLength}
	case *network.EventLoadingFinished:
		if one := p.loading[e.RequestID]; e.EncodedDataLength > 0 { // else it was in the cache
			p.loaded = append(p.loaded, transfer{one.URL, one.Bytes + e.EncodedDataLength})
		}
	default:
		p.suspect(event)
	}
}

func (p *person) record(socket network.RequestID, f *network.WebSocketFrame, sent bool) {
	if f.Opcode == 1 && strings.HasSuffix(p.sockets[socket], "/ws") {
		p.frames = append(p.frames, frame{sent, string(f.PayloadData)})
	}
}

// suspect takes down what should not happen on any page: exceptions that nobody
// caught, and what a page's policy forbids it.
func (p *person) suspect(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		p.problems = append(p.problems, text)
	case *log.EventEntryAdded:
		if e.Entry.Source == "security" || e.Entry.Source == "violation" && e.Entry.Level == "error" {
			p.problems = append(p.problems, e.Entry.Text)
		}
	}
}

// check holds what was recorded against what must always be so.
func (p *person) check() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, problem := range p.problems {
		if slices.ContainsFunc(p.borne, func(text string) bool { return strings.Contains(problem, text) }) {
			continue
		}
		p.t.Errorf("%s: the page complained: %s", p.name, problem)
	}
	for _, f := range p.frames {
		if err := valid(f); err != nil {
			p.t.Errorf("%s: a frame that asyncapi.yaml does not know (sent: %t): %v", p.name, f.Sent, err)
		}
	}
}

// heard reports whether a frame that the page received holds the text.
func (p *person) heard(text string) bool { return p.framed(text, false) }

// hears waits until the page has received a frame that holds the text.
func (p *person) hears(text string) {
	p.t.Helper()
	p.wait("a frame with "+text, func(context.Context) (bool, error) { return p.framed(text, false), nil })
}

// tells waits until the page has sent a frame that holds the text.
func (p *person) tells(text string) {
	p.t.Helper()
	p.wait("a frame with "+text, func(context.Context) (bool, error) { return p.framed(text, true), nil })
}

func (p *person) framed(text string, sent bool) bool {
	bare := strings.Trim(quote(text), `"`)
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.ContainsFunc(p.frames, func(f frame) bool {
		return f.Sent == sent && (strings.Contains(f.Text, text) || strings.Contains(f.Text, bare))
	})
}

// frameCount is how many frames were recorded.
func (p *person) frameCount() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.frames)
}

// weight sums what was loaded from addresses that begin so, and lists it.
func (p *person) weight(prefix string) (float64, string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var sum float64
	var list strings.Builder
	for _, one := range p.loaded {
		if strings.HasPrefix(one.URL, prefix) {
			sum += one.Bytes
			fmt.Fprintf(&list, "%8.0f %s\n", one.Bytes, one.URL)
		}
	}
	return sum, list.String()
}

// keep puts a picture of the page beside the test's result.
func (p *person) keep() {
	ctx, cancel := context.WithTimeout(p.tab, 5*time.Second)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Logf("%s: no picture: %v", p.name, err)
		return
	}
	path := filepath.Join(p.t.ArtifactDir(), p.name+".png")
	if err := os.WriteFile(path, picture, 0o600); err != nil {
		p.t.Logf("%s: %v", p.name, err)
	}
}
