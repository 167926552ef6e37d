package journeys_test

import (
	"context"
	"image/color"
	"net/http"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
)

// shop serves the shop's page of testdata/shop, on another site than the desk,
// with the widget's tag; attributes are the tag's.
func shop(t *testing.T, d *program, attributes string) string {
	t.Helper()
	fill := strings.NewReplacer("{{.Desk}}", d.url(""), "{{.Tag}}", attributes)
	text := func(name string) string {
		raw, err := os.ReadFile("testdata/shop/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return fill.Replace(string(raw))
	}
	policy, index := strings.TrimSpace(text("csp.txt")), text("index.html")
	files := os.DirFS("testdata/shop")
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		if strings.Contains(r.URL.Path, ".") {
			http.ServeFileFS(w, r, files, path.Base(r.URL.Path))
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(index)) // the browser may have gone
	}))
}

// launcher returns the widget's button. It is in a closed shadow root, where no
// script of the page's can look.
func (p *person) launcher() *cdp.Node {
	p.t.Helper()
	root := call(p, dom.GetDocument, dom.GetDocumentParams{Depth: new(int64(-1)), Pierce: new(true)})
	button := within(root.Root, false)
	if button == nil {
		p.t.Fatalf("%s: no launcher on the page", p.name)
	}
	return button
}

func within(n *cdp.Node, ours bool) *cdp.Node {
	if ours && n.NodeName == "BUTTON" {
		return n
	}
	ours = ours || n.LocalName == "xiaoer-chat"
	for _, list := range [][]*cdp.Node{n.Children, n.ShadowRoots} {
		for _, child := range list {
			if found := within(child, ours); found != nil {
				return found
			}
		}
	}
	return nil
}

// launch clicks on the widget's button.
func (p *person) launch() {
	p.t.Helper()
	p.until("the widget", `typeof Xiaoer === "function" && Xiaoer.here`)
	box := call(p, dom.GetBoxModel, dom.GetBoxModelParams{BackendNodeID: p.launcher().BackendNodeID}).Model
	if box.Width != 60 || box.Height != 60 {
		p.t.Errorf("%s: the launcher is %d × %d", p.name, box.Width, box.Height)
	}
	p.press(point{(box.Content[0] + box.Content[4]) / 2, (box.Content[1] + box.Content[5]) / 2})
}

// panel is the widget's frame, once it has loaded and can be seen.
func (p *person) panel() *view {
	p.t.Helper()
	v := p.in("/chat?")
	v.arrived()
	id, _, err := v.frame()
	if err != nil {
		p.t.Fatal(err)
	}
	frame := call(p, dom.GetFrameOwner, dom.GetFrameOwnerParams{FrameID: id})
	box := call(p, dom.GetBoxModel, dom.GetBoxModelParams{BackendNodeID: frame.BackendNodeID}).Model
	if box.Width < 380 || box.Height < 280 {
		p.t.Errorf("%s: the frame is %d × %d", p.name, box.Width, box.Height)
	}
	return v
}

// badge waits until the launcher's label holds the text: how many messages are
// unread, or what a click does.
func (p *person) badge(text string) {
	p.t.Helper()
	p.wait("a launcher that says "+text, func(context.Context) (bool, error) {
		for list := p.launcher().Attributes; len(list) > 1; list = list[2:] { //nolint:contextcheck // the tab is the context
			if list[0] == "aria-label" && strings.Contains(list[1], text) {
				return true, nil
			}
		}
		return false, nil
	})
}

func TestAVisitorOnAShopsPageAndAnAgentTalkWithPictures(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	p := somebody(t, "visitor")
	site := shop(t, d, "")
	p.visit(site + "/product/honey")
	p.launch()
	v := p.panel()
	v.sees("#thread .vc-bub", shopName)

	// both directions, with the page that the visitor is on
	v.asks("这款蜂蜜是今年的吗？")
	a.opens("这款蜂蜜是今年的吗？")
	a.sees(bubbles, "这款蜂蜜是今年的吗？")
	a.sees(".ctx", "秦岭土蜂蜜")
	v.sees("#thread .vc-sys", say("chat.serves_you", "Name", agentName))
	v.sees("#who", agentName)
	v.sees(".vc-st.read", say("chat.read"))
	a.write(editor, "是的，")
	v.sees(".vc-dots", "")
	a.answers("九月新割的") // after what was written before
	v.sees(words, "是的，九月新割的")
	v.misses(".vc-dots")
	a.sees(".rc.read", say("console.receipt_read"))

	// the page changes without a load
	p.click("#navigate", "")
	a.sees(".ctx", "秋梨膏")

	// pictures of the visitor's: chosen, dropped, pasted
	red, _ := picture(t, "red.png", color.RGBA{200, 30, 30, 255})
	green, raw := picture(t, "green.png", color.RGBA{30, 160, 60, 255})
	v.choose("#composer input[type=file]", red)
	v.shows("#above img", 1)
	v.click("[data-act=send]", "")
	a.shows(".msgs .pic img", 1)
	v.drop("#thread", green)
	v.shows("#above img", 1)
	v.click("[data-act=send]", "")
	a.shows(".msgs .pic img", 2)
	v.paste(composer, raw)
	v.shows("#above img", 1)
	v.click("[data-act=send]", "")
	a.shows(".msgs .pic img", 3)
	v.settled()

	// and of the agent's
	a.choose(".comp input[type=file]", green)
	a.shows(".tray img", 1)
	a.click(".comp .send", "")
	v.shows("#thread .vc-img img", 4)
	a.drop(editor, red)
	a.shows(".tray img", 1)
	a.click(".comp .send", "")
	v.shows("#thread .vc-img img", 5)
	a.paste(editor, raw)
	a.shows(".tray img", 1)
	a.click(".comp .send", "")
	v.shows("#thread .vc-img img", 6)
	a.shows(".msgs .pic img", 6)
	a.settled()

	// large
	a.click(".msgs .pic", "")
	a.shows("dialog.viewer img", 1)
	a.escape()
	a.misses("dialog.viewer")
	v.click("#thread .vc-img", "")
	v.shows(".vc-zoom img", 1)
	v.escape()
	v.misses(".vc-zoom")

	// closed, the panel counts what comes; on the next page as well
	v.click("#close", "")
	a.answers("还有什么可以帮您？")
	p.badge("1 条新消息")
	p.visit(site + "/product/tea")
	p.until("the widget", `typeof Xiaoer === "function" && Xiaoer.here`)
	p.badge("1 条新消息")
	p.launch()
	v.sees(words, "还有什么可以帮您？")
	p.badge("收起")
	if p.frameCount() < 20 || !p.heard("还有什么可以帮您？") {
		t.Errorf("the frames of the widget's sockets were not recorded: %d", p.frameCount())
	}
}
