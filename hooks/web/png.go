package web

import (
	"fmt"

	"rsc.io/qr"
)

// dots is how many pixels a module of a QR code has in a picture: enough for
// print on a parcel's leaflet.
const dots = 16

// QRPicture draws text as a PNG, margin included.
func QRPicture(text string) ([]byte, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil, fmt.Errorf("draw a QR code: %w", err)
	}
	code.Scale = dots
	return code.PNG(), nil
}
