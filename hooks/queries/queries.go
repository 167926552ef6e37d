// Package queries notes which questions to the database took long: their text
// as the program wrote it, how often and how long, and nothing of what was put
// in. Whoever opens the database tells it, below database/sql, so that it makes
// no difference who asks.
//
// What is measured of a question is the time to its first row, which is where
// SQLite sorts and searches. Waiting for the lock to write is not in it.
//
// It also asks: once prepared for a transaction ([Prepared]), and not again as long as
// nobody has written to what the answer was read from ([Answers]).
package queries

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// Slow is from when on a question is noted.
const Slow = 100 * time.Millisecond

// most bounds what is remembered, and longest each text.
const (
	most    = 50
	longest = 400
)

// Noted is a question that took long.
type Noted struct {
	Query string
	Times int
	Worst time.Duration
	Last  time.Time
}

// notes are those of the program since its start.
var notes book

type book struct {
	mu    sync.Mutex
	list  map[string]*Noted
	total int
}

// Noticed are the questions that took long since the program started, the worst
// first, and how often that happened in all.
func Noticed() (list []Noted, total int) { return notes.read() }

func (b *book) read() (list []Noted, total int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, n := range b.list {
		list = append(list, *n)
	}
	slices.SortFunc(list, func(x, y Noted) int { return cmp.Compare(y.Worst, x.Worst) })
	return list, b.total
}

// Took notes what began then and is done now, where it took long. It is called
// for every question, so it does no more than look at the clock where it did not.
func Took(query string, began time.Time) {
	if d := time.Since(began); d >= Slow {
		notes.note(query, d, began.Add(d))
	}
}

func (b *book) note(query string, d time.Duration, now time.Time) {
	text := plain(query)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.total++
	if b.list == nil {
		b.list = map[string]*Noted{}
	}
	n := b.list[text]
	if n == nil {
		if len(b.list) >= most {
			b.forgetMildest()
		}
		n = &Noted{Query: text}
		b.list[text] = n
	}
	n.Times, n.Worst, n.Last = n.Times+1, max(n.Worst, d), now
}

func (b *book) forgetMildest() {
	var mildest *Noted
	for _, n := range b.list {
		if mildest == nil || n.Worst < mildest.Worst {
			mildest = n
		}
	}
	delete(b.list, mildest.Query)
}

var (
	spaces   = regexp.MustCompile(`\s+`)
	literals = regexp.MustCompile(`'(?:[^']|'')*'`)
	numbers  = regexp.MustCompile(`\b\d+\b`)
)

// plain is a query's text without any value that stands in it.
func plain(query string) string {
	text := literals.ReplaceAllString(query, "'…'")
	text = strings.TrimSpace(spaces.ReplaceAllString(numbers.ReplaceAllString(text, "0"), " "))
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return text
}
