package journeys_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/dianxiaoer/xiaoer/views/locale"
)

// say is a text as the pages show it to these people.
func say(key string, args ...any) string { return locale.In("zh-CN").T(key, args...) }

// signIn brings a member of staff to the console.
func signIn(p *person, d *program, mail string) {
	p.t.Helper()
	p.visit(d.url("/sign-in"))
	p.write("[name=identity]", mail)
	p.write("[name=password]", password)
	p.click("button.pri", say("access.sign_in_button"))
	p.sees(".list h1", say("console.conversations"))
}

// agent is a member of staff who serves.
func agent(t testing.TB, d *program, mail string) *person {
	t.Helper()
	p := somebody(t, mail)
	signIn(p, d, mail)
	p.click(".callout .btn", say("console.start_serving"))
	p.misses(".callout")
	p.sees(".status", say("console.presence_online"))
	return p
}

// Of the visitor's panel.
const (
	words    = "#thread .vc-bub"
	composer = "#composer textarea"
)

// visitor is somebody who opens the shop's chat page.
func visitor(t *testing.T, d *program, name string) *person {
	t.Helper()
	p := somebody(t, name)
	p.visit(d.url("/chat"))
	p.arrived()
	return p
}

// arrived waits until the panel can be written in.
func (v *view) arrived() {
	v.p.t.Helper()
	v.until("the panel to be ready", `document.querySelector("#chat.ready #thread")?.childElementCount`)
}

// asks sends a message as a visitor.
func (v *view) asks(text string) {
	v.p.t.Helper()
	v.write(composer, text)
	v.enter()
	v.sees(words, text)
}

// Of the console.
const (
	bubbles = ".msgs .bub"
	row     = ".items .it"
	editor  = "#composer-text"
)

// opens goes to the conversation whose row holds the text. Rows move by themselves:
// where another one has come under the mouse meanwhile, it goes there once more.
func (v *view) opens(text string) {
	v.p.t.Helper()
	v.sees(row, text)
	one := row + ask[string](v, fmt.Sprintf("`[data-id=\"${all(%s, %s)[0].dataset.id}\"]`", quote(row), quote(text)))
	isOpen := fmt.Sprintf("!!document.querySelector(%s)", quote(one+"[aria-current]"))
	v.wait(fmt.Sprintf("%q to be opened", text), func(ctx context.Context) (bool, error) {
		open, err := askNow[bool](ctx, v, isOpen)
		if err == nil && !open {
			v.click(one, "") //nolint:contextcheck // acts of a view have its own
		}
		return open, err
	})
	v.sees(".th h2", "")
}

// answers sends a reply as an agent, in the conversation that is open.
func (v *view) answers(text string) {
	v.p.t.Helper()
	v.write(editor, text)
	v.enter()
	v.sees(bubbles, text)
}

// settled waits until nothing is on its way from either side.
func (v *view) settled() {
	v.p.t.Helper()
	v.misses(".vc-st.pending, .vc-st.failed, .m.pending, .m.failed")
}

// picture is a PNG of one colour, and a file that holds it.
func picture(t *testing.T, name string, c color.Color) (path string, raw []byte) {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 320, 200))
	for x := range 320 {
		for y := range 200 {
			img.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, b.Bytes()
}
