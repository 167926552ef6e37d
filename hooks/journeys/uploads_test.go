package journeys_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
)

// photograph is a JPEG as a telephone that is held upright makes it: lying on its
// side, with a note of how it is to be turned, and of what took it.
func photograph(t *testing.T, width, height int) string {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, width, height))
	for i := range img.Pix {
		img.Pix[i] = byte(i * 31 >> 6)
	}
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, img, nil); err != nil {
		t.Fatal(err)
	}
	tiff := "II*\x00\x08\x00\x00\x00" + "\x02\x00" +
		"\x10\x01\x02\x00\x04\x00\x00\x00CAM\x00" + // the camera
		"\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00" + // a quarter turn
		"\x00\x00\x00\x00"
	exif := "Exif\x00\x00" + tiff
	raw := append([]byte("\xff\xd8\xff\xe1"), byte((len(exif)+2)>>8), byte(len(exif)+2))
	return written(t, "photo.jpg", append(append(raw, exif...), plain.Bytes()[2:]...))
}

func moving(t *testing.T) string {
	t.Helper()
	frame := func(c color.Color) *image.Paletted {
		img := image.NewPaletted(image.Rect(0, 0, 60, 40), color.Palette{color.White, c})
		for i := range img.Pix {
			img.Pix[i] = byte(i % 2)
		}
		return img
	}
	var b bytes.Buffer
	err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{frame(color.Black), frame(color.Gray{120})}, Delay: []int{20, 20}})
	if err != nil {
		t.Fatal(err)
	}
	return written(t, "moving.gif", b.Bytes())
}

func written(t *testing.T, name string, raw []byte) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestPicturesAreChosenShrunkAndSent: what was chosen is there after a reload; a
// photograph travels upright, small, and without what the camera notes; what moves
// goes as it is; an upload can be called off; and signing out leaves none here.
func TestPicturesAreChosenShrunkAndSent(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a, v := agent(t, d, agentMail), visitor(t, d, "visitor")
	v.asks("发图看看")
	a.opens("发图看看")
	const files, tray = ".comp input[type=file]", ".tray img"
	a.choose(files, photograph(t, 2400, 1200))
	a.shows(tray, 1)
	a.choose(files, moving(t))
	a.shows(tray, 2)
	stored := `(await new Promise((done) => { const r = indexedDB.open("xiaoer"); r.onsuccess = () => { const all = r.result.transaction("uploads").objectStore("uploads").getAll(); all.onsuccess = () => { r.result.close(); done(all.result); }; }; })).length`
	a.until("both kept", stored+" === 2")
	a.reload()
	a.shows(tray, 2)
	a.click(".comp .send", "")
	const pictures = "#thread .vc-img img"
	v.shows(pictures, 2)
	a.settled()
	a.until("nothing kept", stored+" === 0")
	type arrived struct {
		W, H, Size int
		Type       string
		Camera     bool
	}
	got := ask[[]arrived](v.view, `Promise.all(all("`+pictures+`").map(async (img) => {
		const blob = await (await fetch(img.src)).blob();
		const text = new TextDecoder("latin1").decode(await blob.arrayBuffer());
		return { W: img.naturalWidth, H: img.naturalHeight, Size: blob.size, Type: blob.type, Camera: text.includes("CAM") };
	}))`)
	if len(got) != 2 || got[0].W != 960 || got[0].H != 1920 || got[0].Type != "image/webp" || got[0].Camera || got[1].Type != "image/gif" || got[1].W != 60 {
		t.Errorf("arrived: %+v", got)
	}

	call(a, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{DownloadThroughput: -1, UploadThroughput: 20 << 10}},
	})
	a.choose(files, written(t, "video.bin", make([]byte, 4<<20)))
	a.sees(".tray li", "video.bin")
	a.click(".comp .send", "")
	a.until("some of it sent", `parseInt(document.querySelector(".m .ring")?.style.getPropertyValue("--p")) >= 0`)
	a.click(".m .ring", "")
	a.misses(".m .filecard")
	a.until("nothing kept", stored+" === 0")
	a.sees(".rail", "")
	if n := len(v.texts("#thread .vc-file")); n != 0 {
		t.Errorf("%d files came", n)
	}

	// What was not sent is not left to the next person at this machine.
	a.choose(files, moving(t))
	a.until("one kept", stored+" === 1")
	a.commands(say("console.sign_out"))
	a.click(".plt [role=option]", say("console.sign_out"))
	a.sees("[name=identity]", "")
	a.until("nothing kept", stored+" === 0 && sessionStorage.length === 0")
}

// touch has fingers at some points, or none.
func (p *person) touch(kind input.DispatchTouchEventType, at ...point) {
	p.t.Helper()
	points := make([]*input.TouchPoint, len(at))
	for i, one := range at {
		id := float64(i)
		points[i] = &input.TouchPoint{X: one.X, Y: one.Y, ID: &id}
	}
	call(p, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points})
}

// TestFingersChooseAndZoom: on a phone a finger that rests on a row chooses it, and
// two fingers bring a picture nearer.
func TestFingersChooseAndZoom(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := somebody(t, agentMail)
	a.phone()
	signIn(a, d, agentMail)
	a.click(".callout .btn", say("console.start_serving"))
	a.misses(".callout")
	v := visitor(t, d, "visitor")
	v.asks("看图")
	a.sees(row, "看图")
	path, _ := picture(t, "tea.png", color.RGBA{R: 200, A: 255})
	v.choose("#composer input[type=file]", path)
	v.click("[data-act=send]", "")
	v.shows("#thread .vc-img img", 1)
	a.sees(row, say("console.kind_image"))

	at := a.spot(row, "")
	a.touch(input.DispatchTouchEventTypeTouchStart, at)
	a.sees(row+".picked", "")
	a.touch(input.DispatchTouchEventTypeTouchEnd)
	a.sees(".ls-bulk", "")
	a.misses(".thread .comp") // it was not opened
	a.click(row, "")          // a touch chooses now, and this one no longer
	a.misses(row + ".picked")

	a.misses(".ls-bulk")
	a.opens("")
	a.click(".msgs .pic", "")
	a.shows(".viewer img", 1)
	middle := a.spot(".viewer img", "")
	pinch := func(apart float64) []point {
		return []point{{middle.X - apart, middle.Y}, {middle.X + apart, middle.Y}}
	}
	a.touch(input.DispatchTouchEventTypeTouchStart, pinch(20)...)
	a.touch(input.DispatchTouchEventTypeTouchMove, pinch(30)...)
	a.touch(input.DispatchTouchEventTypeTouchMove, pinch(60)...)
	a.touch(input.DispatchTouchEventTypeTouchEnd)
	a.sees(".viewer-bar .num", "300%")
	a.click(fmt.Sprintf(".viewer-bar [aria-label='%s']", say("console.close_dialog")), "")
	a.misses(".viewer")
}
