package escalation

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

// The marks of a conversation, in short.
const (
	calm  = conversations.Calm
	upset = conversations.Upset
	angry = conversations.Angry
)

// atLeast reports whether a conversation marked so is at least as bad as least.
func atLeast(emotion, least conversations.Emotion) bool {
	return slices.Index(conversations.Emotions, emotion) >= slices.Index(conversations.Emotions, least)
}

// feeling is what a customer's words say of how they feel. It is read from lists
// of words, reviewed by hand, in Chinese and English: what people write who are
// upset (生气, 等了半天, no reply), and what they write who are angry or threaten
// (投诉, 12315, 骗子, chargeback). A word that is denied counts for nothing (不投诉,
// 没有生气, not angry), one that is part of something else neither (垃圾袋, 报警器).
// Repeated marks (!!!, ？？) are a sign where nothing kind is said with them, and
// make upset words angry ones.
//
// It is deliberately simple: whoever reads the mark can see which words it came
// from, and the shop's own words belong into a rule.
func feeling(t *text) conversations.Emotion {
	switch is := t.mood(); {
	case is == angry, strings.ContainsAny(t.said, "😡🤬👿"):
		return angry
	case is == upset, strings.ContainsAny(t.said, "😠😤💢👎"):
		if t.shouts(3) {
			return angry
		}
		return upset
	case t.shouts(2) && !t.kind():
		return upset
	}
	return calm
}

// moods are the words of both lists.
var moods = newVocabulary(threats, complaints)

// mood is the worst of what is said in words and is meant.
func (t *text) mood() conversations.Emotion {
	worst := calm
	for _, h := range moods.in(t) {
		is := upset
		if slices.Contains(threats, h.word) {
			is = angry
		}
		if !atLeast(worst, is) && !t.within(harmless, h.from, h.to) && !t.denied(h.from) {
			worst = is
		}
	}
	return worst
}

func (t *text) kind() bool { return slices.ContainsFunc(kindWords, t.has) }

var marks = regexp.MustCompile(`[!?]{2,}`)

// shouts reports whether there are so many question marks and exclamation marks
// in a row; of exclamation marks alone three, since two are how many write.
func (t *text) shouts(least int) bool {
	if !strings.Contains(t.said, "!!") && !strings.ContainsRune(t.said, '?') {
		return false
	}
	return slices.ContainsFunc(marks.FindAllString(t.said, -1), func(run string) bool {
		return len(run) >= least && (len(run) >= 3 || strings.Contains(run, "??"))
	})
}

// denied reports whether what begins at that byte is said not to be so: 不投诉,
// 没有很生气, 不会让人失望, not at all angry. It looks back over what may stand
// between the two, within the sentence and up to the last comma.
func (t *text) denied(at int) bool {
	for range 6 {
		if at == 0 || t.gaps[at] == mark {
			return false
		}
		head := t.plain[:at]
		if f := t.ending(at, fillers); f > 0 {
			at -= f
			continue
		}
		n := t.ending(at, denials)
		return n > 0 && !asked(head[:at-n], t.plain[at-n:], head[at-n:])
	}
	return false
}

// ending is the length of the first of the words that end at that byte.
func (t *text) ending(at int, words []string) int {
	for _, w := range words {
		if from := at - len(w); from >= 0 && t.plain[from:at] == w && t.edge(from) && t.edge(at) {
			return len(w)
		}
	}
	return 0
}

// asked reports whether a 不 is none: of a question (是不是, 有没有), or twice denied
// (不得不, 怎么能不), or of a condition (再不).
func asked(before, from, denial string) bool {
	if denial != "不" && denial != "没" {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(strings.TrimPrefix(from, denial))
	return last == next || denial == "不" && strings.ContainsRune("能得可要再还莫", last)
}
