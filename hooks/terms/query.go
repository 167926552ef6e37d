package terms

import (
	"slices"
	"strings"
	"unicode/utf16"
)

// The bounds of what is searched for.
const (
	longestQuery = 100 // characters
	mostTerms    = 10
)

// Query is what somebody searches for: terms, which must all be there.
type Query struct{ terms []term }

// term is a run of spaceless writing, or a word by its beginning, or by its end
// where both are digits.
type term struct {
	text      []rune
	spaceless bool
}

// Parse reads what somebody has typed. What has neither letters nor digits in it
// makes an empty query.
func Parse(typed string) Query {
	runes := folded(typed)
	runes = runes[:min(len(runes), longestQuery)]
	list := pieces(runes)
	if whole := numberOf(list); whole != nil {
		list = []piece{*whole}
	}
	var q Query
	for _, p := range list {
		t := term{text: []rune(national(p.word)), spaceless: p.spaceless}
		if p.spaceless {
			t.text = runes[p.from:p.to]
		}
		same := func(other term) bool { return slices.Equal(other.text, t.text) }
		if len(t.text) <= longestWord && len(q.terms) < mostTerms && !slices.ContainsFunc(q.terms, same) {
			q.terms = append(q.terms, t)
		}
	}
	return q
}

// national is a Chinese mobile number without the country's: whoever wrote it with
// that is found by its end.
func national(word string) string {
	bare := strings.TrimPrefix(word, "00")
	if len(bare) == len("8613812346027") && strings.HasPrefix(bare, "861") && isNumber(bare) {
		return bare[2:]
	}
	return word
}

// numberOf is the one number in groups that all that was typed is; nil where
// there is more to it.
func numberOf(list []piece) *piece {
	if len(list) < 3 {
		return nil
	}
	last := &list[len(list)-1]
	groups := list[:len(list)-1]
	if last.from != groups[0].from || last.to != groups[len(groups)-1].to || !isNumber(last.word) {
		return nil
	}
	return last
}

// Empty is whether there is nothing to search for.
func (q Query) Empty() bool { return len(q.terms) == 0 }

// Terms are the query's parts, as queries.
func (q Query) Terms() []Query {
	list := make([]Query, len(q.terms))
	for i, t := range q.terms {
		list[i] = Query{[]term{t}}
	}
	return list
}

// Match is the query in FTS5's language: of what has all its tokens, and the
// labels. Labels of one group are alternatives.
func (q Query) Match(labels ...[]string) string {
	var all []string
	for _, t := range q.terms {
		for _, token := range t.tokens() {
			if !slices.Contains(all, token) {
				all = append(all, token)
			}
		}
	}
	for _, group := range labels {
		quoted := make([]string, len(group))
		for i, label := range group {
			quoted[i] = `"` + label + `"`
		}
		all = append(all, "("+strings.Join(quoted, " OR ")+")")
	}
	return strings.Join(all, " AND ")
}

// tokens are what an entry that has t is indexed by, in FTS5's language. Letters
// and digits need no escaping between quotes.
func (t term) tokens() []string {
	n := len(t.text)
	if t.spaceless {
		if n == 1 {
			return []string{`"` + string(t.text) + `"`}
		}
		var pairs []string
		for i := range n - 1 {
			pairs = append(pairs, `"`+string(t.text[i:i+2])+`"`)
		}
		return pairs
	}
	beginning := `"w` + string(t.text) + `"`
	switch longest := beginnings[len(beginnings)-1]; {
	case n > longest:
		beginning += "*"
	case n > 1:
		k := beginnings[0]
		for _, length := range beginnings {
			if length <= n {
				k = length
			}
		}
		beginning = `"p` + string(t.text[:k]) + `"`
	}
	if t.isEnd() {
		return []string{"(" + beginning + ` OR "t` + backwards(t.text) + `"*)`}
	}
	return []string{beginning}
}

// isEnd is whether t may also be the end of a number.
func (t term) isEnd() bool { return len(t.text) >= shortestEnd && len(ending(t.text)) == len(t.text) }

// Digits is the number that is searched for, where it is nothing else; "".
func (q Query) Digits() string {
	if len(q.terms) == 1 && len(ending(q.terms[0].text)) == len(q.terms[0].text) {
		return string(q.terms[0].text)
	}
	return ""
}

// Mark is a stretch of a text, in UTF-16 units, as scripts count: from the one
// and before the other.
type Mark [2]int

// Found is where a text has what is searched for.
type Found struct {
	Marks  []Mark // in order, none into another
	Counts []int  // how often it has each term
	Length int    // of the text, in characters
}

// In reports whether text has all terms, and where.
func (q Query) In(text string) (Found, bool) {
	spans, found := q.places(text)
	if len(q.terms) == 0 || slices.Contains(found.Counts, 0) {
		return Found{}, false
	}
	found.Marks = marks(text, spans)
	return found, true
}

// places are where text has any of the terms, and how often each.
func (q Query) places(text string) (spans [][2]int, found Found) {
	runes := folded(text)
	list := pieces(runes)
	found = Found{Counts: make([]int, len(q.terms)), Length: len(runes)}
	for i, t := range q.terms {
		before := len(spans)
		for _, p := range list {
			spans = append(spans, t.within(runes, p)...)
		}
		found.Counts[i] = len(spans) - before
	}
	return spans, found
}

// within are the places of t in one piece of a text.
func (t term) within(text []rune, p piece) [][2]int {
	if t.spaceless != p.spaceless {
		return nil
	}
	if !t.spaceless {
		if t.matches([]rune(p.word)) {
			return [][2]int{t.part(text, p)}
		}
		return nil
	}
	var places [][2]int
	for i := p.from; i+len(t.text) <= p.to; i++ {
		if slices.Equal(text[i:i+len(t.text)], t.text) {
			places = append(places, [2]int{i, i + len(t.text)})
			i += len(t.text) - 1
		}
	}
	return places
}

// matches is whether word begins with t, or ends with it.
func (t term) matches(word []rune) bool {
	n := len(t.text)
	switch {
	case n > len(word):
		return false
	case n == 1:
		return len(word) == 1 && word[0] == t.text[0]
	case slices.Equal(word[:n], t.text):
		return true
	}
	return t.isEnd() && slices.Equal(word[len(word)-n:], t.text)
}

// part is what of a word is t: what stands in the way, marks and the dashes of a
// grouped number, is part of it.
func (t term) part(text []rune, p piece) [2]int {
	word := []rune(p.word)
	if slices.Equal(word[:len(t.text)], t.text) {
		return [2]int{p.from, walk(text, p.from, len(t.text), 1)}
	}
	return [2]int{walk(text, p.to-1, len(t.text), -1) + 1, p.to}
}

// walk goes n characters of a word on from at, or back.
func walk(text []rune, at, n, step int) int {
	for n > 0 {
		if r := text[at]; !isMark(r) && r != ' ' && r != '-' {
			n--
		}
		at += step
	}
	return at
}

// marks are spans of characters as stretches of UTF-16.
func marks(text string, spans [][2]int) []Mark {
	slices.SortFunc(spans, func(a, b [2]int) int { return a[0] - b[0] })
	units, n := make([]int, 1, len(text)+1), 0
	for _, r := range text {
		n += max(1, utf16.RuneLen(r))
		units = append(units, n)
	}
	var list []Mark
	for _, s := range spans {
		from, to := units[s[0]], units[s[1]]
		if last := len(list) - 1; last >= 0 && from <= list[last][1] {
			list[last][1] = max(list[last][1], to)
			continue
		}
		list = append(list, Mark{from, to})
	}
	return list
}
