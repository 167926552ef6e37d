package ui

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/dianxiaoer/xiaoer/views/locale"
)

// List is what of a list is shown, as its address says it.
type List struct {
	Path    string
	Lang    string
	Query   string
	Sort    string // key of the order
	Desc    bool
	Default string            // the order without a wish; "-" before the key means descending
	Page    int               // from 1
	Filters map[string]string // by parameter; none: all
	Total   int               // rows that match
	Pages   int
}

// T is a message in the list's language.
func (l List) T(key string, args ...any) string { return locale.In(l.Lang).T(key, args...) }

// Count notes how many rows match, and leads a page that is not there to the last.
func (l *List) Count(total, size int) {
	l.Total, l.Pages = total, max(1, (total+size-1)/size)
	l.Page = min(l.Page, l.Pages)
}

// Narrowed reports whether anything is left out by the search or a filter.
func (l List) Narrowed() bool { return l.Query != "" || len(l.Filters) > 0 }

// Address is the list's address with some parameters changed; "" takes one out.
// A change of anything but the page leads to the first page.
func (l List) Address(changes ...string) string {
	q := url.Values{}
	set := func(name, value string) {
		if value == "" {
			q.Del(name)
			return
		}
		q.Set(name, value)
	}
	set("q", l.Query)
	if s := l.order(); s != l.Default {
		set("sort", s)
	}
	for name, value := range l.Filters {
		set(name, value)
	}
	if l.Page > 1 && slices.Contains(changes, "page") {
		set("page", strconv.Itoa(l.Page))
	}
	for i := 0; i+1 < len(changes); i += 2 {
		set(changes[i], changes[i+1])
	}
	if q.Get("page") == "1" {
		q.Del("page")
	}
	if len(q) == 0 {
		return l.Path
	}
	return l.Path + "?" + q.Encode()
}

func (l List) order() string {
	if l.Desc {
		return "-" + l.Sort
	}
	return l.Sort
}

// sorted is the address of the list in another order: by key, and the other way
// round where it is by key already.
func (l List) sorted(key string) string {
	if l.Sort == key && !l.Desc {
		key = "-" + key
	}
	if key == l.Default {
		key = ""
	}
	return l.Address("sort", key)
}

// ariaSort is how the order is told to a screen reader.
func (l List) ariaSort(key string) string {
	switch {
	case l.Sort != key:
		return "none"
	case l.Desc:
		return "descending"
	default:
		return "ascending"
	}
}

// onPage is the address of the page with that number.
func (l List) onPage(n int) string { return l.Address("page", strconv.Itoa(n)) }

// Filter narrows a list down by one of its values.
type Filter struct {
	Name, Label string // the parameter; what it is called
	Options     []Option
	Date        bool // it is a day, and has no options
}

// Option is one of the values to choose from.
type Option struct {
	Value, Label string
	Hint         string // said below it where there is room
	Disabled     bool
}
