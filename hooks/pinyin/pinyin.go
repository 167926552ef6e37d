// Package pinyin tells how Chinese characters are read, so that people find
// with the letters of a keyboard what is written in characters.
//
// It knows each character by itself and all of its readings: 行 is hang and
// xing. Which of them a word wants is not decided, because whoever searches for
// 银行 types yinhang and whoever searches for 行 may type either. So a search
// needs no dictionary of words where it runs: the desk sends the readings of the
// characters that occur in what can be searched, a few kilobytes, instead of
// every console fetching a library of several hundred.
package pinyin

import (
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// every asks for all readings, without tones; ü is written v, as it is typed.
var every = pinyin.Args{Style: pinyin.Normal, Heteronym: true, Separator: " ", Fallback: func(rune, pinyin.Args) []string { return nil }}

// Readings is how the Chinese characters of texts are read: each with its
// syllables, in a row with spaces between. Characters that nobody reads are left
// out.
func Readings(texts ...string) map[string]string {
	known := map[string]string{}
	for _, text := range texts {
		for _, r := range text {
			if _, done := known[string(r)]; done || !unicode.Is(unicode.Han, r) {
				continue
			}
			if syllables := pinyin.SinglePinyin(r, every); len(syllables) > 0 {
				known[string(r)] = strings.Join(syllables, " ")
			}
		}
	}
	return known
}
