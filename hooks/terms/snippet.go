package terms

import (
	"strings"
	"unicode"
	"unicode/utf16"
)

// Snippet is what of a text is shown of it in a list: one line, with what was
// searched for marked.
type Snippet struct {
	Text  string `json:"text"`
	Marks []Mark `json:"marks"` // in UTF-16 units
}

const (
	snippetMost = 120 // characters
	snippetLead = 24  // of them before the first mark, where the text is longer
)

// Snippet is the part of text in which any term of q is found first, or its
// beginning where none is.
func (q Query) Snippet(text string) Snippet {
	text = strings.Map(func(r rune) rune { // one for one, so that marks stay
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	spans, _ := q.places(text)
	found := marks(text, spans)
	units := utf16.Encode([]rune(text))
	from, to := 0, len(units)
	if to > snippetMost && len(found) > 0 {
		from = whole(units, max(0, min(found[0][0]-snippetLead, to-snippetMost)))
	}
	to = whole(units, min(to, from+snippetMost))
	s := Snippet{Marks: []Mark{}}
	lead := 0
	if from > 0 {
		s.Text, lead = "…", 1
	}
	s.Text += string(utf16.Decode(units[from:to]))
	if to < len(units) {
		s.Text += "…"
	}
	for _, m := range found {
		if m[0] < to && m[1] > from {
			s.Marks = append(s.Marks, Mark{max(m[0], from) - from + lead, min(m[1], to) - from + lead})
		}
	}
	return s
}

// whole is at, or the place before where at would part a character.
func whole(units []uint16, at int) int {
	if at > 0 && at < len(units) && units[at] >= 0xDC00 && units[at] <= 0xDFFF {
		return at - 1
	}
	return at
}
