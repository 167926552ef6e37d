package channels

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// By is what a route looks at.
type By string

// What a route can look at. Its value is a kind of page, or OtherKind; a part of
// the page's address; a level, or "" for whoever has any.
const (
	ByKind        By = "kind"
	ByAddress     By = "address"
	BySigned      By = "signed" // the shop's site has said who they are; no value
	ByLevel       By = "level"
	ByDistributor By = "distributor"
)

// OtherKind is every page that is none of the kinds that a shop can tell apart.
const OtherKind = "other"

// Route leads whom it fits to a group.
type Route struct {
	By    By     `json:"by"`
	Value string `json:"value,omitempty"`
	Group string `json:"group"` // id; "" for everybody
}

// Facts are what is known of somebody who begins a conversation, and of where
// they are.
type Facts struct {
	PageKind, Address  string // of the page that they are on
	Signed             bool
	Level, Distributor string
}

// GroupFor is the group that serves whom the facts are of: that of the first of
// the channel's routes that fits, else the channel's own.
func (c *Channel) GroupFor(f Facts) string {
	for _, r := range c.Routes() {
		if r.fits(f) {
			return r.Group
		}
	}
	return c.Group()
}

func (r Route) fits(f Facts) bool {
	switch r.By {
	case ByKind:
		if r.Value == OtherKind {
			return !slices.Contains(kinds, f.PageKind)
		}
		return r.Value == f.PageKind
	case ByAddress:
		return strings.Contains(readable(f.Address), readable(r.Value))
	case BySigned:
		return f.Signed
	case ByLevel:
		return has(f.Level, r.Value)
	case ByDistributor:
		return has(f.Distributor, r.Value)
	}
	return false
}

// has reports whether somebody's level is the one that is wanted, or any where
// that is "".
func has(level, wanted string) bool {
	return level != "" && (wanted == "" || settings.SameLevel(level, wanted))
}

// readable is an address as people read and type it, for comparing.
func readable(address string) string {
	if text, err := url.PathUnescape(address); err == nil {
		address = text
	}
	return strings.ToLower(address)
}

const (
	mostRoutes     = 30
	longestAddress = 200
	longestLevel   = 20 // as in a customer's profile
)

func checkRoutes(c *Channel) error {
	routes := c.Routes()
	if len(routes) > mostRoutes {
		return fail.New(fail.Invalid, "channels.routes_many", "Most", mostRoutes).On("routes")
	}
	for i, r := range routes {
		key := r.fault()
		if slices.ContainsFunc(routes[:i], func(other Route) bool { return other.By == r.By && other.Value == r.Value }) {
			key = "channels.route_twice"
		}
		if key != "" {
			return fail.New(fail.Invalid, key, "Number", i+1, "Most", longestAddress).On("routes")
		}
	}
	return nil
}

// fault is the message of what is wrong with r, "" where nothing is.
func (r Route) fault() string {
	switch r.By {
	case ByKind:
		if r.Value == OtherKind || slices.Contains(kinds, r.Value) {
			return ""
		}
	case ByAddress:
		if strings.TrimSpace(r.Value) == "" || utf8.RuneCountInString(r.Value) > longestAddress {
			return "channels.route_address"
		}
		return ""
	case BySigned:
		if r.Value == "" {
			return ""
		}
	case ByLevel, ByDistributor:
		if utf8.RuneCountInString(r.Value) <= longestLevel {
			return ""
		}
	}
	return "channels.route_wrong"
}
