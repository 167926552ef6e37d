package journeys_test

import (
	"archive/zip"
	"os"
	"path/filepath"
	"testing"

	downloads "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// saves has the browser keep what it downloads in a folder of its own.
func (p *person) saves() (dir string) {
	p.t.Helper()
	dir = p.t.TempDir()
	call(p, downloads.SetDownloadBehavior, downloads.SetDownloadBehaviorParams{
		Behavior: downloads.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir, BrowserContextID: chromedp.FromContext(p.tab).BrowserContextID,
	})
	return dir
}

// unzip waits for the one zip in a folder to be whole, and unpacks it beside itself.
func unzip(t *testing.T, d *program, dir string) {
	t.Helper()
	var z *zip.ReadCloser
	d.await("a whole zip", func() bool {
		found, err := filepath.Glob(filepath.Join(dir, "*.zip"))
		if err != nil || len(found) != 1 {
			return false
		}
		z, err = zip.OpenReader(found[0])
		return err == nil
	})
	defer func() { _ = z.Close() }()
	if err := os.CopyFS(filepath.Join(dir, "copy"), z); err != nil {
		t.Fatal(err)
	}
}

// A customer who asks for what is kept of them gets it: the owner takes it out beside
// their conversation, and it opens in any browser, without the desk.
func TestACustomerGetsACopy(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := everything(t, d)
	v := visitor(t, d, "visitor")
	v.asks("你们都存了我什么？")
	v.choose("input[type=file]", photograph(t, 640, 480))
	v.click("[data-act=send]", "")
	v.shows("#thread .vc-img img", 1)
	a.opens("你们都存了我什么")
	a.sees(".pic img", "")
	a.click(".comp .md", say("console.note"))
	a.write(editor, "要一份自己的资料")
	a.enter()
	a.sees(".note", "要一份")

	dir := a.saves()
	a.click(".prof .pop-at .ib", "")
	a.click(".prof .menu button", say("panel.export"))
	a.sees("dialog .kv", say("panel.erase_messages"))
	a.audit()
	a.click("dialog .pri", say("panel.export_do"))
	a.sees("dialog [role=status]", say("panel.export_began"))
	unzip(t, d, dir)
	a.click("dialog button", say("console.done"))
	a.misses("dialog")
	a.sees(".note", "要一份") // the console is where it was
	a.visit(d.url("/admin/audit"))
	a.sees("main", "全部资料")
	d.stop()

	p := somebody(t, "customer")
	p.visit("file://" + filepath.Join(dir, "copy", "index.html"))
	p.sees("h1", say("export.title"))
	p.sees(".ex-customer", "你们都存了我什么")
	p.sees(".ex-note", "要一份")
	p.until("the picture to be shown", `document.querySelector(".ex-pic img")?.naturalWidth > 0`)
	p.audit()
	for _, width := range []int64{1180, 390} {
		p.resize(width)
		if over := p.overflows(); over > 0 {
			t.Errorf("%v px wider than a window of %d", over, width)
		}
	}
}
