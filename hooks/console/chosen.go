package console

import (
	"encoding/json"
	"slices"
	"unicode/utf8"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Keys that send what is written: Enter, or Ctrl+Enter (⌘ on a Mac), where Enter
// begins a line.
const (
	sendsByEnter = "enter"
	sendsByMod   = "mod"
)

const (
	mostViews     = 20
	longestView   = 30   // characters of its name
	longestFilter = 2000 // bytes
)

var (
	sounds = []string{"chime", "bell", "drop", "marimba", "knock"} // static/js/lib/sounds.js plays them
	quiets = []string{"messages", "deadlines", "mentions", "reminders"}
)

// chosen is how somebody likes their console. A conversation that is new, or has
// been handed to them, always rings unless they have muted everything: of the
// rest they say what does not.
type chosen struct {
	Enter   string   `json:"enter"`
	Sound   string   `json:"sound"`
	Volume  int      `json:"volume"` // percent
	Muted   bool     `json:"muted"`
	Desktop bool     `json:"desktop"` // notifications of the system's, where the browser may
	Reading bool     `json:"reading"` // ring also for the conversation that is being read
	Quiet   []string `json:"quiet"`   // what does not ring
	Views   []view   `json:"views"`   // what they have saved of the list
}

// view is a filter of the list by a name; what the filter says is the list's own.
type view struct {
	ID     string          `json:"id"`
	Name   string          `json:"name"`
	Filter json.RawMessage `json:"filter"`
}

// with is c changed by what raw says, which may be any part of it.
func (c chosen) with(raw []byte) (chosen, error) {
	to := c
	to.Quiet, to.Views = nil, nil // else what is there would be written over, and into the new ones
	if err := json.Unmarshal(raw, &to); err != nil {
		return c, fail.New(fail.Invalid, "fail.invalid").Because(err)
	}
	if to.Quiet == nil {
		to.Quiet = c.Quiet
	}
	if to.Views == nil {
		to.Views = c.Views
	}
	return to, to.check()
}

func (c chosen) check() error {
	for _, rule := range []struct {
		field string
		holds bool
	}{
		{"enter", c.Enter == sendsByEnter || c.Enter == sendsByMod},
		{"sound", slices.Contains(sounds, c.Sound)},
		{"volume", 0 <= c.Volume && c.Volume <= 100},
		{"quiet", !slices.ContainsFunc(c.Quiet, func(what string) bool { return !slices.Contains(quiets, what) })},
		{"views", len(c.Views) <= mostViews && !slices.ContainsFunc(c.Views, func(v view) bool { return !v.holds() })},
	} {
		if !rule.holds {
			return fail.New(fail.Invalid, "fail.invalid").On(rule.field)
		}
	}
	return nil
}

func (v view) holds() bool {
	named := utf8.RuneCountInString(v.Name)
	return v.ID != "" && len(v.ID) <= 64 && 0 < named && named <= longestView && len(v.Filter) <= longestFilter && len(v.Filter) > 0 && v.Filter[0] == '{'
}
