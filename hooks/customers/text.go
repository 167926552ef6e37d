package customers

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Lengths in code points, as the schema has them.
const (
	longestName     = 60 // less than the schema's 100: it stands in a list's row
	longestAvatar   = 500
	longestURL      = 2000
	longestTitle    = 200
	longestKind     = 20
	longestReferrer = 500
)

// tidy is text without what cannot be seen, but for its line breaks: hidden
// characters and marks of direction could make it pass for something else.
func tidy(text string) string {
	text = strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	return strings.TrimSpace(text)
}

// line is text tidied, on one line.
func line(text string) string { return strings.Join(strings.Fields(tidy(text)), " ") }

// cut is the line of text, at most so many code points of it.
func cut(text string, most int) string {
	text = line(text)
	n := 0
	for i := range text {
		if n == most {
			return text[:i]
		}
		n++
	}
	return text
}

// remote is an avatar's address if it may be kept: https and not too long.
func remote(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || len(address) > longestAvatar {
		return ""
	}
	return address
}

// cut brings the page to what may be kept. An address that a person could not
// safely follow is dropped.
func (p Page) cut() Page {
	return Page{
		URL: pageAddress(p.URL), Title: cut(p.Title, longestTitle),
		Kind: cut(p.Kind, longestKind), Referrer: webAddress(p.Referrer, longestReferrer),
	}
}

// telling are the parameters of an address that say which thing of the shop's a
// page shows.
var telling = []string{
	"id", "item", "item_id", "itemid", "goods", "goods_id", "goodsid", "product", "product_id", "productid", "spu_id", "sku", "sku_id", "skuid", "variant",
	"cat", "cat_id", "category", "category_id", "p", "page",
}

var plain = regexp.MustCompile(`^[\w.-]{1,40}$`)

// pageAddress is the address of a page as far as staff have any use for it. What
// else a query may hold is the visitor's own business (a way to sign in, what they
// looked for, who has sent them) and is not kept.
func pageAddress(address string) string {
	u, err := url.Parse(webAddress(address, longestURL))
	if err != nil {
		return ""
	}
	kept := url.Values{}
	for name, values := range u.Query() {
		if slices.Contains(telling, strings.ToLower(name)) && plain.MatchString(values[0]) {
			kept.Set(name, values[0])
		}
	}
	u.RawQuery = kept.Encode()
	route, _, _ := strings.Cut(u.Fragment, "?")
	if u.Fragment, u.RawFragment = "", ""; strings.HasPrefix(strings.TrimPrefix(route, "!"), "/") { // a page of a shop that is one page
		u.Fragment = route
	}
	return u.String()
}

// webAddress is an http address of at most so many bytes; a longer one loses its
// query, and everything else becomes "".
func webAddress(address string, most int) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	u.User = nil // a password has no business in staff's screens
	if len(u.String()) > most {
		u.RawQuery, u.Fragment, u.RawFragment = "", "", ""
	}
	if text := u.String(); len(text) <= most {
		return text
	}
	return u.Scheme + "://" + u.Host
}
