package escalation

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// What was left out between two characters of a text.
const (
	nothing = iota
	space
	mark // punctuation, a picture, anything else
)

// sentence ends one: no word goes on after it.
const sentence = '\n'

// text is what somebody has said, made ready for looking words up in it: in one
// width and one case, and without what stands between its letters and digits, so
// that "投 诉" and "投*诉" are 投诉. The end of a sentence stays, and nothing is
// found across it.
type text struct {
	said  string // in one width and case, with everything in it
	plain string
	gaps  []byte         // by byte of plain: what was left out before it
	hits  []hit          // words that the rules look for
	sum   func() float64 // the largest that is named, see amount
	// pressed: the words are the shop's own, of an entry question. Rules may look
	// for them, but they say nothing of how anybody feels.
	pressed bool
}

func read(said string) *text {
	t := &text{said: fold(said)}
	var plain strings.Builder
	plain.Grow(len(t.said))
	t.gaps = make([]byte, 0, len(t.said)+1)
	gap := byte(mark) // the beginning is an edge too
	keep := func(r rune) {
		plain.WriteRune(r)
		for range utf8.RuneLen(r) {
			t.gaps = append(t.gaps, gap)
			gap = nothing
		}
	}
	for _, r := range t.said {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			keep(r)
		case strings.ContainsRune("。！？!?；;\n", r):
			keep(sentence)
			gap = mark
		case r == '\'', r == '’': // don't
		case unicode.IsSpace(r):
			gap = max(gap, space)
		default:
			gap = mark
		}
	}
	t.gaps = append(t.gaps, mark)
	t.plain = plain.String()
	return t
}

// fold is s in one width and one case.
func fold(s string) string { return strings.ToLower(norm.NFKC.String(s)) }

// plainOf is a word as it is looked up; "" where there is nothing to look up.
func plainOf(word string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, fold(word))
}

// each calls found with where the word begins and ends, as long as that says to
// go on. A word of letters or digits as such is not found within a longer one:
// 12315 is no part of an order's number, and "ass" none of "class".
func (t *text) each(word string, found func(from, to int) (on bool)) {
	for at := 0; at < len(t.plain); {
		i := strings.Index(t.plain[at:], word)
		if i < 0 {
			return
		}
		from, to := at+i, at+i+len(word)
		if t.edge(from) && t.edge(to) && !found(from, to) {
			return
		}
		_, n := utf8.DecodeRuneInString(word)
		at = from + n
	}
}

// has reports whether the word is there at all.
func (t *text) has(word string) (is bool) {
	t.each(word, func(int, int) bool { is = true; return false })
	return is
}

// edge reports whether a word may begin or end at that byte.
func (t *text) edge(at int) bool {
	if t.gaps[at] != nothing {
		return true
	}
	left, _ := utf8.DecodeLastRuneInString(t.plain[:at])
	right, _ := utf8.DecodeRuneInString(t.plain[at:])
	bothDigits, bothLetters := unicode.IsDigit(left) && unicode.IsDigit(right), spelled(left) && spelled(right)
	return !bothDigits && !bothLetters
}

// spelled reports whether r is a letter of a script that has spaces between its words.
func spelled(r rune) bool {
	return unicode.IsLetter(r) && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// within reports whether the piece lies within one of the words. It looks no
// farther than such a word can reach: texts are long, and have many pieces.
func (t *text) within(words []string, from, to int) bool {
	for _, w := range words {
		for at := max(0, to-len(w)); at <= from; at++ {
			if strings.HasPrefix(t.plain[at:], w) && t.edge(at) && t.edge(at+len(w)) {
				return true
			}
		}
	}
	return false
}

// vocabulary is all the words that are looked for at once, by their first
// character: a text is gone through once, however many there are.
type vocabulary map[rune][]string

func newVocabulary(lists ...[]string) vocabulary {
	v := vocabulary{}
	for _, list := range lists {
		for _, w := range list {
			if first, _ := utf8.DecodeRuneInString(w); !slices.Contains(v[first], w) {
				v[first] = append(v[first], w)
			}
		}
	}
	return v
}

// hit is a word where it was found.
type hit struct {
	word     string
	from, to int
}

// in finds all the words that t has, in their order.
func (v vocabulary) in(t *text) (list []hit) {
	if len(v) == 0 {
		return nil
	}
	for at, r := range t.plain {
		for _, w := range v[r] {
			if to := at + len(w); strings.HasPrefix(t.plain[at:], w) && t.edge(at) && t.edge(to) {
				list = append(list, hit{w, at, to})
			}
		}
	}
	return list
}

// lexicon is a list of words of which any is looked for, but for where it stands
// within one of the exceptions.
type lexicon struct {
	plain, words []string // as looked up, as written
	except       []string
}

func newLexicon(words, except []string) lexicon {
	var l lexicon
	for _, w := range words {
		if p := plainOf(w); p != "" {
			l.plain, l.words = append(l.plain, p), append(l.words, w)
		}
	}
	for _, w := range except {
		if p := plainOf(w); p != "" {
			l.except = append(l.except, p)
		}
	}
	return l
}

// among is the first of its words that was found in t, as it is written in the list.
func (l *lexicon) among(hits []hit, t *text) (word string, found bool) {
	for _, h := range hits {
		if i := slices.Index(l.plain, h.word); i >= 0 && !t.within(l.except, h.from, h.to) {
			return l.words[i], true
		}
	}
	return "", false
}
