package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"sync"
)

// Pictures are drawn here: nothing is fetched, and nobody's photograph is used.
const (
	pictureWidth  = 480
	pictureHeight = 360
	finer         = 2 // drawn so many times larger, so that edges come out smooth
)

// shape is one patch of colour. Sizes are in pixels of the picture.
type shape struct {
	kind       rune // 'r' a rectangle with round corners, 'o' an ellipse, 'l' a line from corner to corner of the given width
	x, y, w, h float64
	round      float64 // radius of the corners, width of the line
	colour     uint32  // 0xrrggbbaa
}

// pictures are the shapes of each picture, the hindmost first.
var pictures = map[string][]shape{
	"broken": { // a jar of honey, cracked, in its box
		{'r', 0, 0, 480, 360, 0, 0xc9b08cff},
		{'r', 26, 30, 428, 306, 14, 0xa9835aff},
		{'r', 44, 48, 392, 270, 8, 0x8c6a45ff},
		{'o', 90, 200, 320, 110, 0, 0xe09a1ecc},
		{'o', 250, 250, 170, 60, 0, 0xd98c12dd},
		{'r', 170, 92, 140, 190, 26, 0xf0b23cff},
		{'r', 170, 92, 140, 60, 20, 0xf7cf78ff},
		{'r', 178, 66, 124, 36, 10, 0xd8d3c8ff},
		{'r', 186, 160, 108, 78, 6, 0xfbf4e4ff},
		{'r', 200, 176, 80, 8, 4, 0x8a5a1cff},
		{'r', 200, 194, 56, 6, 3, 0xb98a4aff},
		{'r', 200, 208, 66, 6, 3, 0xb98a4aff},
		{'l', 190, 100, 60, 70, 4, 0xffffffee},
		{'l', 250, 170, 40, 60, 4, 0xffffffee},
		{'l', 250, 170, -46, 66, 3, 0xffffffee},
		{'l', 214, 128, 58, -20, 3, 0xffffffcc},
		{'r', 60, 60, 90, 40, 10, 0xffffff33},
		{'o', 330, 70, 70, 70, 0, 0xffffff22},
	},
	"parcel": { // a parcel with its label
		{'r', 0, 0, 480, 360, 0, 0xd9dde2ff},
		{'o', 40, 290, 400, 50, 0, 0x00000033},
		{'r', 60, 70, 360, 240, 10, 0xc89b64ff},
		{'r', 60, 70, 360, 60, 10, 0xb98b55ff},
		{'r', 214, 70, 52, 240, 0, 0xe6d3b0cc},
		{'r', 92, 152, 150, 116, 4, 0xffffffff},
		{'r', 104, 164, 90, 12, 2, 0x333333ff},
		{'r', 104, 186, 124, 6, 2, 0x888888ff},
		{'r', 104, 200, 110, 6, 2, 0x888888ff},
		{'r', 104, 220, 4, 36, 0, 0x222222ff},
		{'r', 112, 220, 8, 36, 0, 0x222222ff},
		{'r', 124, 220, 3, 36, 0, 0x222222ff},
		{'r', 131, 220, 10, 36, 0, 0x222222ff},
		{'r', 146, 220, 4, 36, 0, 0x222222ff},
		{'r', 156, 220, 7, 36, 0, 0x222222ff},
		{'r', 168, 220, 3, 36, 0, 0x222222ff},
		{'r', 176, 220, 12, 36, 0, 0x222222ff},
		{'l', 330, 130, 70, 60, 5, 0x9a713eff},
		{'l', 400, 190, -50, 30, 5, 0x9a713eff},
	},
	"cup": { // a flask lying in a puddle
		{'r', 0, 0, 480, 360, 0, 0xe9e4dcff},
		{'r', 0, 230, 480, 130, 0, 0xcfc4b4ff},
		{'o', 60, 252, 250, 70, 0, 0x9cc3d6aa},
		{'o', 30, 280, 120, 40, 0, 0x9cc3d699},
		{'r', 120, 150, 270, 104, 40, 0x6f90a8ff},
		{'r', 120, 150, 270, 40, 20, 0x88a8beff},
		{'r', 92, 158, 70, 88, 16, 0xd9dcdfff},
		{'r', 104, 158, 12, 88, 6, 0xb7bcc1ff},
		{'o', 78, 240, 20, 26, 0, 0x86b7d1ff},
		{'o', 66, 268, 14, 18, 0, 0x86b7d1ff},
		{'r', 250, 190, 80, 20, 8, 0xffffff66},
	},
	"oat": { // a bag of oat crisps, torn open
		{'r', 0, 0, 480, 360, 0, 0xf1ece3ff},
		{'o', 60, 280, 360, 60, 0, 0x00000022},
		{'r', 150, 60, 180, 240, 18, 0x8fae7bff},
		{'r', 150, 60, 180, 40, 10, 0x78976aff},
		{'r', 172, 120, 136, 96, 10, 0xfaf6ecff},
		{'r', 188, 138, 104, 14, 6, 0x5d7a4fff},
		{'r', 200, 164, 80, 8, 4, 0xa9b79dff},
		{'r', 206, 182, 68, 8, 4, 0xa9b79dff},
		{'o', 70, 268, 34, 22, 0, 0xd3a55cff},
		{'o', 104, 284, 30, 20, 0, 0xc8954aff},
		{'o', 132, 270, 28, 18, 0, 0xdcb06aff},
		{'o', 96, 262, 16, 14, 0, 0xb8434eff},
		{'o', 340, 280, 34, 22, 0, 0xd3a55cff},
		{'o', 372, 268, 28, 20, 0, 0xc8954aff},
		{'o', 352, 262, 16, 14, 0, 0xb8434eff},
		{'l', 80, 258, 60, 22, 2, 0x2b2b2bff},
	},
	"honey": { // what the demo's shop page sells
		{'r', 0, 0, 480, 360, 0, 0xf6efdfff},
		{'o', 110, 280, 260, 50, 0, 0x00000022},
		{'r', 120, 90, 110, 200, 24, 0xeeb140ff},
		{'r', 128, 64, 94, 34, 8, 0x9b6b3cff},
		{'r', 132, 160, 86, 76, 6, 0xfcf6e8ff},
		{'r', 144, 178, 62, 8, 4, 0x8a5a1cff},
		{'r', 250, 90, 110, 200, 24, 0xe3a02cff},
		{'r', 258, 64, 94, 34, 8, 0x9b6b3cff},
		{'r', 262, 160, 86, 76, 6, 0xfcf6e8ff},
		{'r', 274, 178, 62, 8, 4, 0x8a5a1cff},
		{'r', 132, 104, 16, 160, 8, 0xffffff44},
		{'r', 262, 104, 16, 160, 8, 0xffffff44},
	},
}

// drawn are the pictures that were needed so far.
var drawn sync.Map

// draw returns a picture as PNG.
func draw(name string) ([]byte, error) {
	if known, ok := drawn.Load(name); ok {
		return known.([]byte), nil //nolint:forcetypeassert // nothing else is stored
	}
	shapes, ok := pictures[name]
	if !ok {
		return nil, fmt.Errorf("there is no picture %q", name)
	}
	raw, err := paint(shapes)
	if err != nil {
		return nil, fmt.Errorf("draw %s: %w", name, err)
	}
	drawn.Store(name, raw)
	return raw, nil
}

func paint(shapes []shape) ([]byte, error) {
	canvas := image.NewRGBA(image.Rect(0, 0, pictureWidth, pictureHeight))
	for y := range pictureHeight {
		for x := range pictureWidth {
			canvas.SetRGBA(x, y, pixel(shapes, x, y))
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, canvas); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// pixel is the mean of the points that fall into a pixel.
func pixel(shapes []shape, x, y int) color.RGBA {
	var sum [3]float64
	for i := range finer * finer {
		px, py := float64(x)+(float64(i%finer)+.5)/finer, float64(y)+(float64(i/finer)+.5)/finer
		var c [3]float64
		for _, s := range shapes {
			if !s.covers(px, py) {
				continue
			}
			a := float64(s.colour&0xff) / 255
			for j := range c {
				c[j] = c[j]*(1-a) + float64(s.colour>>(24-8*j)&0xff)*a
			}
		}
		for j := range sum {
			sum[j] += c[j] / (finer * finer)
		}
	}
	return color.RGBA{uint8(sum[0]), uint8(sum[1]), uint8(sum[2]), 255}
}

func (s shape) covers(x, y float64) bool {
	switch s.kind {
	case 'o':
		dx, dy := (x-s.x)/s.w*2-1, (y-s.y)/s.h*2-1
		return dx*dx+dy*dy <= 1
	case 'l':
		along := ((x-s.x)*s.w + (y-s.y)*s.h) / (s.w*s.w + s.h*s.h)
		along = max(0, min(1, along))
		return math.Hypot(x-s.x-along*s.w, y-s.y-along*s.h) <= s.round/2
	}
	if x < s.x || y < s.y || x > s.x+s.w || y > s.y+s.h {
		return false
	}
	dx := max(s.x+s.round-x, x-s.x-s.w+s.round, 0)
	dy := max(s.y+s.round-y, y-s.y-s.h+s.round, 0)
	return dx == 0 || dy == 0 || dx*dx+dy*dy <= s.round*s.round
}
