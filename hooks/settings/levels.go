package settings

import (
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// Levels are the ranks that the shop knows, in its own words and order: of
// customers, and of those who sell for it.
type Levels struct {
	Customers    []Level `json:"customers"`
	Distributors []Level `json:"distributors"`
}

// Level is one rank.
type Level struct {
	Name  string        `json:"name"`
	Start time.Duration `json:"start"` // who has it is taken to have waited so long already
	VIP   bool          `json:"vip"`   // whom staff should know at a glance
}

// LevelsOf returns the shop's levels; there are none until it has written some.
func LevelsOf(app core.App) Levels { return Load(app, "levels", Levels{}) }

// SaveLevels keeps levels, which are in force within a second.
func SaveLevels(app core.App, l Levels) error { return Save(app, "levels", l) }

// FindLevel returns the level of that name.
func FindLevel(list []Level, name string) (Level, bool) {
	i := slices.IndexFunc(list, func(l Level) bool { return SameLevel(l.Name, name) })
	if i < 0 {
		return Level{}, false
	}
	return list[i], true
}

// SameLevel reports whether two names mean the same level: sheets and sites
// write one in several ways.
func SameLevel(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}
