package ui

import (
	"strconv"
	"strings"
	"unicode"
)

// Tint is the class of the colour that somebody has whose id this is, the same
// as in the console (js/console/parts.js).
func Tint(id string) string {
	n := uint32(7)
	for _, r := range id {
		n = n*31 + uint32(r) //nolint:gosec // a code point fits
	}
	return "a" + strconv.Itoa(int(n%8)+1)
}

// Letter stands for somebody without a picture, as in js/lib/letter.js: of a
// Chinese nickname the last letter, of others the first.
func Letter(name string) string {
	letters := []rune(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '·' || r == '-' {
			return -1
		}
		return r
	}, name))
	if len(letters) == 0 {
		return "?"
	}
	if last := letters[len(letters)-1]; unicode.Is(unicode.Han, last) {
		return string(last)
	}
	return string(unicode.ToUpper(letters[0]))
}

// Question is a button and what is asked before it acts.
type Question struct {
	Action      string
	Label, Icon string // the button's
	Look        string // its class: "", "ghost", "sm"
	Title, Text string
	Yes, No     string
	Whole       bool     // the answer is a page of its own, and no way to one
	Fields      []Option // sent along: Value is the name, Label the value
}
