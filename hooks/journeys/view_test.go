package journeys_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// view is a document that somebody looks at: the tab's own, or one in a frame.
type view struct {
	p      *person
	within string // of the frame's address; "" is the tab's own document
}

// in is the frame whose address holds part.
func (p *person) in(part string) *view { return &view{p: p, within: part} }

var errNoFrame = errors.New("no such frame yet")

// frame returns the frame's id and where its scripts run.
func (v *view) frame() (cdp.FrameID, runtime.ExecutionContextID, error) {
	v.p.mu.Lock()
	defer v.p.mu.Unlock()
	for id, address := range v.p.addrs {
		if world, ok := v.p.worlds[id]; ok && strings.Contains(address, v.within) {
			return id, world, nil
		}
	}
	return "", 0, errNoFrame
}

// prelude is what every expression may use. all finds the elements that can be
// seen and hold the text.
const prelude = `const all = (css, text = "") => [...document.querySelectorAll(css)].filter((e) =>
	e.checkVisibility({ visibilityProperty: true }) && (e.textContent + (e.getAttribute("aria-label") ?? "")).includes(text));`

func (v *view) evaluate(ctx context.Context, expression string, byValue bool) (*runtime.RemoteObject, error) {
	params := runtime.EvaluateParams{
		Expression: "(async () => {" + prelude + " return (" + expression + "); })()", ReturnByValue: &byValue, AwaitPromise: new(true), UserGesture: new(true),
	}
	if v.within != "" {
		_, world, err := v.frame()
		if err != nil {
			return nil, err
		}
		params.ContextID = world
	}
	result, err := chromedp.Call(ctx, runtime.Evaluate, params)
	if err != nil {
		return nil, err
	}
	if result.ExceptionDetails != nil {
		return nil, &chromedp.ExceptionError{ExceptionDetails: result.ExceptionDetails}
	}
	return result.Result, nil
}

// ask evaluates an expression now.
func ask[T any](v *view, expression string) T {
	v.p.t.Helper()
	ctx, cancel := context.WithTimeout(v.p.tab, 3*patience)
	defer cancel()
	answer, err := askNow[T](ctx, v, expression)
	if err != nil {
		v.p.t.Fatalf("%s: %s: %v", v.p.name, expression, err)
	}
	return answer
}

func askNow[T any](ctx context.Context, v *view, expression string) (answer T, err error) {
	result, err := v.evaluate(ctx, expression, true)
	if err != nil || len(result.Value) == 0 {
		return answer, err
	}
	return answer, json.Unmarshal(result.Value, &answer)
}

// until waits for the expression to be true. A page that is being left, or a
// frame that is not there yet, is asked again.
func (v *view) until(what, expression string) {
	v.p.t.Helper()
	v.wait(what, func(ctx context.Context) (bool, error) { return askNow[bool](ctx, v, "!!("+expression+")") })
}

func (v *view) wait(what string, there func(context.Context) (bool, error)) {
	v.p.t.Helper()
	ctx, cancel := context.WithTimeout(v.p.tab, patience)
	defer cancel()
	tick := time.NewTicker(glance)
	defer tick.Stop()
	var last error
	for {
		ok, err := there(ctx)
		if ok {
			return
		}
		if err != nil && ctx.Err() == nil {
			last = err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			v.p.t.Fatalf("%s: waited for %s in vain (%v); the page says:\n%s", v.p.name, what, last, v.said())
		}
	}
}

// said is all that can be read on the page, for complaints.
func (v *view) said() string {
	ctx, cancel := context.WithTimeout(v.p.tab, 5*time.Second)
	defer cancel()
	text, err := askNow[string](ctx, v, "location.href + '\\n' + document.body.innerText")
	if err != nil {
		return err.Error()
	}
	return text
}

// sees waits until an element can be seen that holds the text.
func (v *view) sees(css, text string) {
	v.p.t.Helper()
	v.until(fmt.Sprintf("%s %q", css, text), fmt.Sprintf("all(%s, %s).length", quote(css), quote(text)))
}

// misses waits until no such element can be seen.
func (v *view) misses(css string) {
	v.p.t.Helper()
	v.until("no "+css, fmt.Sprintf("!all(%s).length", quote(css)))
}

// texts are those of all elements that can be seen.
func (v *view) texts(css string) []string {
	v.p.t.Helper()
	return ask[[]string](v, fmt.Sprintf("all(%s).map((e) => e.innerText.trim())", quote(css)))
}

// reads waits until the elements that can be seen are exactly these, in order.
func (v *view) reads(css string, want ...string) {
	v.p.t.Helper()
	var got []string
	defer func() {
		if v.p.t.Failed() {
			v.p.t.Logf("%s: last read %q", v.p.name, got)
		}
	}()
	v.wait(fmt.Sprintf("%s to read %q", css, want), func(ctx context.Context) (bool, error) {
		now, err := askNow[[]string](ctx, v, fmt.Sprintf("all(%s).map((e) => e.innerText.trim())", quote(css)))
		got = now
		return err == nil && slices.Equal(now, want), err
	})
}

// click clicks on the first such element with the mouse, once the page's own programs
// are there, and it stands still, can be used, and nothing lies over it. Where something
// else has come under the mouse in between, it tries again.
func (v *view) click(css, text string) {
	v.p.t.Helper()
	for range 5 {
		v.press(v.spot(css, text))
		if !v.missed() {
			return
		}
	}
	v.p.t.Fatalf("%s: %s %q does not stand still", v.p.name, css, text)
}

// missed reports whether the press was on something else. Where it has led to another
// page, or is about to, it was not.
func (v *view) missed() bool {
	ctx, cancel := context.WithTimeout(v.p.tab, patience)
	defer cancel()
	missed, err := askNow[bool](ctx, v, "globalThis.hit === false")
	return err == nil && missed
}

type point struct{ X, Y float64 }

// spot is the middle of an element, in the tab. The page notes whether the next
// press is on it.
func (v *view) spot(css, text string) point {
	v.p.t.Helper()
	where := fmt.Sprintf(`((wanted) => {
		if (document.readyState !== "complete" && !performance.getEntriesByType("navigation")[0]?.domContentLoadedEventEnd) return null;
		const on = (e, hit) => e && hit && (e.contains(hit) || hit.contains(e) || !!hit.closest("label")?.contains(e));
		const e = wanted();
		if (!e || (e.control ?? e).matches(":disabled")) return null;
		e.scrollIntoView({ block: "nearest", behavior: "instant" });
		const { x, y, width, height } = e.getBoundingClientRect();
		const at = { x: x + width / 2, y: y + height / 2 };
		if (!on(e, document.elementFromPoint(at.x, at.y))) return null;
		globalThis.hit = false;
		globalThis.aimed?.abort();
		globalThis.aimed = new AbortController();
		addEventListener("pointerdown", (d) => { globalThis.hit = on(wanted(), d.target); }, { capture: true, once: true, signal: aimed.signal });
		return at;
	})(() => all(%s, %s)[0])`, quote(css), quote(text))
	var last, now *point
	v.wait(fmt.Sprintf("%s %q to be clicked on", css, text), func(ctx context.Context) (bool, error) {
		found, err := askNow[*point](ctx, v, where)
		last, now = now, found
		return now != nil && last != nil && *now == *last, err
	})
	offset := v.offset()
	return point{now.X + offset.X, now.Y + offset.Y}
}

// offset is where the frame's document begins in the tab.
func (v *view) offset() point {
	v.p.t.Helper()
	if v.within == "" {
		return point{}
	}
	id, _, err := v.frame()
	if err != nil {
		v.p.t.Fatal(err)
	}
	owner := call(v.p, dom.GetFrameOwner, dom.GetFrameOwnerParams{FrameID: id})
	box := call(v.p, dom.GetBoxModel, dom.GetBoxModelParams{BackendNodeID: owner.BackendNodeID})
	return point{box.Model.Content[0], box.Model.Content[1]}
}

func (v *view) press(at point) {
	v.p.t.Helper()
	for _, kind := range []input.DispatchMouseEventType{input.DispatchMouseEventTypeMouseMoved, input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased} {
		event := input.DispatchMouseEventParams{Type: kind, X: at.X, Y: at.Y}
		if kind != input.DispatchMouseEventTypeMouseMoved {
			event.Button, event.ClickCount = input.MouseButtonLeft, 1
		}
		call(v.p, input.DispatchMouseEvent, event)
	}
}

// write puts text where css stands, as an input method does.
func (v *view) write(css, text string) {
	v.p.t.Helper()
	v.click(css, "")
	v.until(css+" to have the focus", fmt.Sprintf("document.activeElement?.matches(%s)", quote(css)))
	call(v.p, input.InsertText, input.InsertTextParams{Text: text})
}

// enter presses the Enter key.
func (v *view) enter() { v.p.t.Helper(); v.key("Enter", 13, "\r") }

// escape presses the Escape key.
func (v *view) escape() { v.p.t.Helper(); v.key("Escape", 27, "") }

func (v *view) key(name string, code int64, text string) {
	v.p.t.Helper()
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyUp} {
		event := input.DispatchKeyEventParams{Type: kind, Key: name, Code: name, WindowsVirtualKeyCode: code, NativeVirtualKeyCode: code}
		if kind == input.DispatchKeyEventTypeKeyDown {
			event.Text = text
		}
		call(v.p, input.DispatchKeyEvent, event)
	}
}

// choose gives a file to an input, as the system's dialog does.
func (v *view) choose(css, path string) {
	v.p.t.Helper()
	ctx, cancel := context.WithTimeout(v.p.tab, patience)
	defer cancel()
	element, err := v.evaluate(ctx, fmt.Sprintf("document.querySelector(%s)", quote(css)), false)
	if err != nil {
		v.p.t.Fatal(err)
	}
	call(v.p, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{path}, ObjectID: element.ObjectID})
}

// drop lets a file fall on an element.
func (v *view) drop(css, path string) {
	v.p.t.Helper()
	at := v.spot(css, "")
	data := &input.DragData{Items: []*input.DragDataItem{}, Files: []string{path}, DragOperationsMask: 1}
	for _, kind := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop} {
		call(v.p, input.DispatchDragEvent, input.DispatchDragEventParams{Type: kind, X: at.X, Y: at.Y, Data: data})
	}
}

// paste pastes a picture into an element.
func (v *view) paste(css string, picture []byte) {
	v.p.t.Helper()
	ask[any](v, fmt.Sprintf(`(() => {
		const data = new DataTransfer();
		data.items.add(new File([Uint8Array.from(atob(%s), (c) => c.charCodeAt(0))], "pasted.png", { type: "image/png" }));
		document.querySelector(%s).dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
	})()`, quote(base64.StdEncoding.EncodeToString(picture)), quote(css)))
}

// shows waits until so many pictures have come and can be seen.
func (v *view) shows(css string, count int) {
	v.p.t.Helper()
	v.until(fmt.Sprintf("%d pictures %s", count, css), fmt.Sprintf(`((list) => list.length === %d && list.every((img) => img.complete && img.naturalWidth > 1))(all(%s))`, count, quote(css)))
}

// overflows reports by how many pixels the page is wider than the window.
func (v *view) overflows() float64 {
	v.p.t.Helper()
	return ask[float64](v, "document.scrollingElement.scrollWidth - document.documentElement.clientWidth")
}

// cutOff are the buttons and fields that a box above them cuts off, and that nobody can
// scroll to.
const cutOff = `all("button, a[href], input, select, textarea").filter((e) => {
	const at = e.getBoundingClientRect();
	if (at.height < 4 || getComputedStyle(e).position === "fixed") return false; // kept for readers alone
	for (let box = e.parentElement; box; box = box.parentElement) {
		const is = getComputedStyle(box), its = box.getBoundingClientRect();
		if (/auto|scroll/.test(is.overflowY) || is.position === "fixed") return false;
		if ((/hidden|clip/.test(is.overflowY) || /strict|content|paint/.test(is.contain)) && (at.bottom > its.bottom + 2 || at.top < its.top - 2)) return true;
	}
	return false;
}).map((e) => e.textContent.trim() || e.name)`

// fits holds that the page shows all of itself in a narrow window and on a phone, too.
func (v *view) fits(what string) {
	v.p.t.Helper()
	for _, width := range []int64{1180, 390} {
		v.p.resize(width)
		if over := v.overflows(); over > 0 {
			v.p.t.Errorf("%s: %v px wider than a window of %d", what, over, width)
		}
		if cut := ask[[]string](v, cutOff); len(cut) > 0 {
			v.p.t.Errorf("%s: cut off in a window of %d: %q", what, width, cut)
		}
	}
	v.p.resize(1440)
}

func quote(s string) string {
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string can always be marshalled
	}
	return string(raw)
}
