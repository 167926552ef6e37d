package web_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"rsc.io/qr"

	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// The picture says what the code says, with the margin that cameras need.
func TestDrawQR(t *testing.T) {
	t.Parallel()
	code, err := qr.Encode("https://kf.example.com/chat", qr.M)
	if err != nil {
		t.Fatal(err)
	}
	const quiet = 4
	picture, err := web.QR("https://kf.example.com/chat")
	if err != nil {
		t.Fatal(err)
	}
	svg := string(picture)
	side := code.Size + 2*quiet
	if !strings.Contains(svg, fmt.Sprintf(`viewBox="0 0 %d %d"`, side, side)) {
		t.Errorf("drawn as %.120s", svg)
	}
	drawn := bytes.Repeat([]byte{' '}, side*side)
	for _, run := range regexp.MustCompile(`M\d+ \d+h\d+v1`).FindAllString(svg, -1) {
		var x, y, n int
		if _, err := fmt.Sscanf(run, "M%d %dh%dv1", &x, &y, &n); err != nil {
			t.Fatal(err)
		}
		copy(drawn[y*side+x:], bytes.Repeat([]byte{'#'}, n))
	}
	for y := range side {
		for x := range side {
			if black := drawn[y*side+x] == '#'; black != code.Black(x-quiet, y-quiet) {
				t.Fatalf("module %d,%d is drawn %t", x, y, black)
			}
		}
	}
}
