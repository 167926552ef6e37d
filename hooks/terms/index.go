package terms

import (
	"slices"
	"strings"
)

// beginnings are the lengths of a word's beginning that have a token, the
// shortest first.
var beginnings = []int{2, 3, 4, 6, 8}

const (
	longestWord = 64 // characters of a word that are indexed
	shortestEnd = 4  // digits by which the end of a number is asked for
)

// Words are the tokens of a text, each once, as the index takes them.
func Words(text string) string {
	runes := folded(text)
	seen := make(map[string]bool, 2*len(runes))
	var out strings.Builder
	out.Grow(4 * len(text))
	add := func(token string) {
		if seen[token] {
			return
		}
		seen[token] = true
		if out.Len() > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(token)
	}
	for _, p := range pieces(runes) {
		if !p.spaceless {
			tokensOf([]rune(p.word), add)
			continue
		}
		for i := p.from; i < p.to; i++ {
			add(string(runes[i]))
			if i+1 < p.to {
				add(string(runes[i : i+2]))
			}
		}
	}
	return out.String()
}

func tokensOf(word []rune, add func(string)) {
	if end := ending(word); len(end) >= shortestEnd && len(word) > shortestEnd {
		add("t" + backwards(end[max(0, len(end)-longestWord):]))
	}
	word = word[:min(len(word), longestWord)]
	for _, n := range beginnings {
		if n <= len(word) {
			add("p" + string(word[:n]))
		}
	}
	if len(word) == 1 || len(word) > beginnings[len(beginnings)-1] {
		add("w" + string(word))
	}
}

// ending are the digits that word ends in.
func ending(word []rune) []rune {
	i := len(word)
	for i > 0 && isDigit(word[i-1]) {
		i--
	}
	return word[i:]
}

func backwards(word []rune) string {
	turned := slices.Clone(word)
	slices.Reverse(turned)
	return string(turned)
}

// Label is a token that no text has: by it what is indexed is told apart, say by
// where it belongs. Kind is one small letter but p, t and w, and value letters and
// digits.
func Label(kind byte, value string) string { return string(rune(kind)) + value }
