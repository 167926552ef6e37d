package demo

import (
	"context"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// Play lets tests, which are outside because a whole desk knows this package,
// make a demo of theirs.
type Play struct{ p *play }

// Prepare makes the shop and its past.
func Prepare(app core.App, now time.Time) (*Play, error) {
	p, err := prepare(app, "heye-for-tests", now)
	return &Play{p}, err
}

// Begin lets it go on, so many times faster than people are, until ctx ends.
func (p *Play) Begin(ctx context.Context, base string, pace float64) {
	p.p.pace = pace
	p.p.begin(ctx, base)
}

// Wait returns when everybody has left.
func (p *Play) Wait() { p.p.all.Wait() }

// Pictures are drawn to see that all of them can be.
func Pictures() (list [][]byte, err error) {
	for name := range pictures {
		raw, err := draw(name)
		if err != nil {
			return nil, err
		}
		list = append(list, raw)
	}
	return list, nil
}

// Flaws says what is wrong with the words.
func Flaws() (list []string) {
	s, err := readShop()
	if err != nil {
		return []string{err.Error()}
	}
	dialogues, err := readDialogues()
	if err != nil {
		return []string{err.Error()}
	}
	entries := map[string]bool{}
	for _, e := range s.Entry {
		entries[e.ID] = true
	}
	for _, d := range dialogues {
		last := agent
		for _, l := range d.lines {
			switch l.part {
			case customer, agent, note, handOn:
			case picture:
				if _, ok := pictures[l.said[0]]; !ok {
					list = append(list, d.topic+": no picture "+l.said[0])
				}
			case entry:
				if !entries[l.said[0]] {
					list = append(list, d.topic+": no entry "+l.said[0])
				}
			default:
				list = append(list, d.topic+": who is "+string(l.part)+"?")
			}
			last = l.part
		}
		if len(d.lines) < 3 || d.lines[0].part == agent || len(d.tags) == 0 || last == note {
			list = append(list, d.topic+": incomplete")
		}
	}
	return list
}
