package journeys_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/dianxiaoer/xiaoer/views/locale"
)

// TestEverythingFitsInEnglish looks at all pages of staff and at what opens over
// the console, with the longer words of the other language.
func TestEverythingFitsInEnglish(t *testing.T) {
	t.Parallel()
	d := prepared(t, "UPDATE staff SET language = 'en'", `INSERT INTO tags (id, name, colour, sort) VALUES ('tagfragile00001', 'Fragile', 'amber', 1)`)
	en := locale.In("en").T
	p := somebody(t, "owner")
	p.visit(d.url("/sign-in"))
	p.signsIn(ownerMail)
	p.sees(".list h1", en("console.conversations"))
	look := func(what string) {
		t.Helper()
		p.auditIn("light")
		p.fits(what)
	}
	for _, route := range slices.Sorted(maps.Keys(scenes)) {
		if s := scenes[route][0]; s.as == ownerMail && !s.empty {
			p.visit(d.url(s.path))
			p.sees("h1", "")
			look(s.name)
		}
	}

	visitor(t, d, "visitor").asks("Where is my parcel?")
	p.visit(d.url("/desk"))
	p.opens("Where is my parcel?")
	look("a conversation")
	for name, key := range map[string][2]string{"transfer": {"t", "KeyT"}, "later": {"h", "KeyH"}, "tags": {"l", "KeyL"}} {
		p.hit(key[0], key[1], alone)
		p.sees("dialog", "")
		look(name)
		p.escape()
		p.misses("dialog")
	}
	p.hit("?", "Slash", shift)
	p.sees(".sheets", en("palette.do_close_next"))
	look("the keys")
	p.escape()
	p.misses("dialog")
	p.hit("k", "KeyK", ctrl)
	p.sees(".plt", "")
	look("the palette")
	p.escape()
	p.misses("dialog")
	p.click(".rail .me", "")
	p.click(".menu button", en("console.settings"))
	p.sees(".settle", "")
	look("the settings")
	p.escape()
	p.misses("dialog")
	p.click(".filters .ib:not(.narrow-only)", "")
	p.sees("dialog", "")
	look("the filter")
	p.escape()
	p.misses("dialog")
	p.click(".th .acts button", en("console.close"))
	p.sees(".standing", "")
	p.click(".rail a", en("console.area_board"))
	p.sees("#board-title", "")
	look("the board")
}
