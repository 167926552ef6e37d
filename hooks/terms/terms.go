// Package terms cuts text into what a full-text index holds of it, and finds in a
// text again what somebody has typed.
//
// The index is SQLite's FTS5, whose own tokenizers are of no use for Chinese: one
// takes a whole clause for a word, the other knows nothing shorter than three
// characters, and most Chinese words have two. So the cutting is done here, and
// the index is given ready tokens with a space between:
//
//   - of writing without spaces (Chinese, Japanese, Korean) each character and
//     each pair of neighbours;
//   - of words and numbers their beginnings ("p" + 2, 3, 4, 6 or 8 characters), the
//     whole ("w…") where it is longer or a single letter, and of what ends in
//     digits the end, from its last digit on ("t…"): a phone number is asked for
//     by its last four, an order number by its first or last ones.
//
// Tokens are no more than a way to few candidates: they have neither places nor
// counts. Whether a text has what was typed, and where, [Query.In] says, which
// every candidate is held against. So an index may promise too much, and nothing
// is ever found that is not there.
//
// The package does not know what is indexed, nor who may find it.
package terms

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// plain are letters of Latin writing without what stands above and below them.
var plain = func() map[rune]rune {
	bare := map[rune]rune{}
	for _, block := range [][2]rune{{0xC0, 0x24F}, {0x1E00, 0x1EFF}} {
		for r := block[0]; r <= block[1]; r++ {
			if first := []rune(norm.NFD.String(string(r)))[0]; first != r {
				bare[r] = first
			}
		}
	}
	return bare
}()

// fold is what is the same for whoever searches: small and capital letters, wide
// and narrow ones, with and without accents. One character stays one.
func fold(r rune) rune {
	switch {
	case r < 0x80:
	case r >= 0xFF01 && r <= 0xFF5E: // as Chinese keyboards write ASCII
		r -= 0xFEE0
	case r == 0x3000:
		return ' '
	default:
		if bare, ok := plain[r]; ok {
			r = bare
		}
	}
	return unicode.ToLower(r)
}

func folded(text string) []rune {
	runes := []rune(text)
	for i, r := range runes {
		runes[i] = fold(r)
	}
	return runes
}

var spaceless = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo}

// isSpaceless is whether r is written without spaces between words.
func isSpaceless(r rune) bool { return r >= 0x1100 && (unicode.In(r, spaceless...) || r == 'ー') }

func isMark(r rune) bool { return r >= 0x300 && unicode.IsMark(r) }

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// piece is a run of a text: of spaceless writing, or one word.
type piece struct {
	from, to  int    // in runes
	word      string // without marks; "" for spaceless writing
	spaceless bool
}

// pieces are the runs of folded text, and after them the numbers that were
// written in groups, as one each.
func pieces(text []rune) []piece {
	var list []piece
	for i := 0; i < len(text); {
		from := i
		switch r := text[i]; {
		case isSpaceless(r):
			for i < len(text) && isSpaceless(text[i]) {
				i++
			}
			list = append(list, piece{from: from, to: i, spaceless: true})
		case unicode.IsLetter(r), unicode.IsDigit(r):
			var word []rune
			for ; i < len(text) && !isSpaceless(text[i]); i++ {
				if isMark(text[i]) {
					continue
				}
				if !unicode.IsLetter(text[i]) && !unicode.IsDigit(text[i]) {
					break
				}
				word = append(word, text[i])
			}
			list = append(list, piece{from: from, to: i, word: string(word)})
		default:
			i++
		}
	}
	return append(list, grouped(text, list)...)
}

// groupedLeast is how many digits make groups of them a number.
const groupedLeast = 7

// grouped are numbers in groups, 138-1234-6027 or 138 1234 6027, as one word.
func grouped(text []rune, list []piece) []piece {
	var found []piece
	for i := 0; i < len(list); i++ {
		whole := list[i]
		if !isNumber(whole.word) {
			continue
		}
		groups := 1
		for i+1 < len(list) && isNumber(list[i+1].word) && joint(text, list, i) {
			i++
			groups++
			whole.word += list[i].word
			whole.to = list[i].to
		}
		if groups > 1 && len(whole.word) >= groupedLeast {
			found = append(found, whole)
		}
	}
	return found
}

// joint is whether one space or dash is all that stands between two pieces.
func joint(text []rune, list []piece, i int) bool {
	at := list[i].to
	return list[i+1].from == at+1 && (text[at] == ' ' || text[at] == '-')
}

func isNumber(word string) bool {
	for _, r := range word {
		if !isDigit(r) {
			return false
		}
	}
	return word != ""
}
