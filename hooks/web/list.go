package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/views/ui"
)

// PageSize is how many rows a page of a list has.
const PageSize = 50

const (
	mostQuery = 100
	mostPage  = 100000
)

// List is what of a list somebody wants to see. It lives in the address, so
// that a reload, the way back and a link to a colleague show the same.
type List = ui.List

// ListSpec is what a list can be asked for.
type ListSpec struct {
	Sorts   []string // keys; the first is the order without a wish, a "-" before it means descending
	Filters []string // parameters that narrow the list down
}

// ListOf reads what is wanted from the address. What the list does not know is
// left out.
func ListOf(e *core.RequestEvent, spec ListSpec) List {
	q := e.Request.URL.Query()
	l := List{Path: e.Request.URL.Path, Lang: Language(e), Query: clip(strings.TrimSpace(q.Get("q")), mostQuery), Page: 1, Filters: map[string]string{}}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 1 && n <= mostPage {
		l.Page = n
	}
	if len(spec.Sorts) > 0 {
		l.Default = spec.Sorts[0]
	}
	l.Sort = sortWanted(q, spec, l.Default)
	l.Sort, l.Desc = strings.TrimPrefix(l.Sort, "-"), strings.HasPrefix(l.Sort, "-")
	for _, name := range spec.Filters {
		if value := q.Get(name); value != "" {
			l.Filters[name] = clip(value, mostQuery)
		}
	}
	return l
}

func sortWanted(q url.Values, spec ListSpec, otherwise string) string {
	wish := q.Get("sort")
	known := slices.ContainsFunc(spec.Sorts, func(s string) bool { return strings.TrimPrefix(s, "-") == strings.TrimPrefix(wish, "-") })
	if !known {
		return otherwise
	}
	return wish
}

// Pick is the page of all that l asks for: those that match, in the order of
// the compare function under l.Sort. It notes in l how many there are.
func Pick[T any](l *List, all []T, match func(T) bool, orders map[string]func(a, b T) int) []T {
	var found []T
	for _, one := range all {
		if match(one) {
			found = append(found, one)
		}
	}
	if compare := orders[l.Sort]; compare != nil {
		slices.SortStableFunc(found, func(a, b T) int {
			if l.Desc {
				return compare(b, a)
			}
			return compare(a, b)
		})
	}
	l.Count(len(found), PageSize)
	from := min((l.Page-1)*PageSize, len(found))
	return found[from:min(from+PageSize, len(found))]
}

// Matches reports whether one of the texts holds query, whatever the letters'
// case. An empty query is held by everything.
func Matches(query string, texts ...string) bool {
	query = strings.ToLower(query)
	return query == "" || slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(strings.ToLower(text), query) })
}

func clip(s string, most int) string {
	if utf8.RuneCountInString(s) > most {
		return string([]rune(s)[:most])
	}
	return s
}
