package search

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/limits"
	"github.com/dianxiaoer/xiaoer/hooks/terms"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// pageSize is how many hits are answered at once, threadMost within one thread,
// where they are counted.
const (
	pageSize   = 30
	threadMost = 500
)

type desk struct{ most *limits.Window }

// Answer is a page of hits.
type Answer struct {
	Hits []*Hit `json:"hits"`
	Next string `json:"next,omitempty"` // "before" of the page after this one

	// Indexed is how much of what was said before there was an index has been put
	// into it so far; absent when all has.
	Indexed *float64 `json:"indexed,omitempty"`
}

// Asked is what somebody searches for, as they have typed it.
type Asked struct {
	Typed        string
	Kind         string // messages, customers or notes; "" for messages
	Conversation string // in the thread of which alone it is looked, notes and all
	Sort         string // newest or best; "" for newest
	Before       string // "next" of the page before
	Lang         string // of the names that the program gives
}

func (d *desk) search(e *core.RequestEvent) error {
	p, q := access.Of(e), e.Request.URL.Query()
	if ok, wait := d.most.Allow(p.ID); !ok {
		return fail.New(fail.Limit, "fail.limit").In(wait)
	}
	out, err := Find(e.Request.Context(), e.App, p, Asked{
		Typed: q.Get("q"), Kind: q.Get("kind"), Conversation: q.Get("conversation"), Sort: q.Get("sort"), Before: q.Get("before"), Lang: web.Language(e),
	})
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, out)
}

// asked is what p searches for, read.
type asked struct {
	ctx    context.Context //nolint:containedctx // it lives as long as the call
	app    core.App
	by     *access.Person
	lang   string
	typed  string
	query  terms.Query
	best   bool
	before []string // parts of the page's mark; none for the first page
}

// Find is a page of what p may see of what is asked for. Errors: invalid (sort,
// kind, before), not_found (conversation).
func Find(ctx context.Context, app core.App, p *access.Person, q Asked) (Answer, error) {
	typed := strings.TrimSpace(q.Typed)
	a := &asked{ctx: ctx, app: app, by: p, lang: q.Lang, typed: typed, query: terms.Parse(typed), best: q.Sort == "best"}
	if q.Sort != "" && q.Sort != "newest" && !a.best {
		return Answer{}, fail.New(fail.Invalid, "search.sort").On("sort")
	}
	if q.Before != "" {
		a.before = strings.Split(q.Before, ".")
	}
	find, err := kind(a, q.Kind, q.Conversation)
	if err != nil {
		return Answer{}, err
	}
	if a.query.Empty() {
		return Answer{Hits: []*Hit{}}, nil
	}
	out, err := find()
	if err != nil {
		return Answer{}, err
	}
	share, err := conversations.Indexed(app)
	if err != nil {
		return Answer{}, err
	}
	if share < 1 {
		out.Indexed = &share
	}
	return out, nil
}

// kind chooses where it is looked.
func kind(a *asked, name, conversation string) (func() (Answer, error), error) {
	if conversation != "" {
		c, err := conversations.SeenBy(a.app, a.by, conversation)
		if err != nil {
			return nil, err
		}
		return func() (Answer, error) { return a.thread(c.Contact) }, nil
	}
	switch name {
	case "", "messages":
		return a.messages, nil
	case "customers":
		return a.customers, nil
	case "notes":
		return a.notes, nil
	}
	return nil, fail.New(fail.Invalid, "search.kind").On("kind")
}

// mark seals numbers for a page's mark: how much a shop talks is nobody's business
// who cannot see it.
func (a *asked) mark(seqs ...int64) (string, error) {
	parts := make([]string, len(seqs))
	for i, seq := range seqs {
		sealed, err := conversations.Cursor(a.app, seq)
		if err != nil {
			return "", err
		}
		parts[i] = sealed
	}
	return strings.Join(parts, "."), nil
}

// number is the i-th one of the page's mark, 0 for the first page.
func (a *asked) number(i int) (int64, error) {
	if a.before == nil {
		return 0, nil
	}
	if i >= len(a.before) {
		return 0, fail.New(fail.Invalid, "conversations.cursor_shape").On("before")
	}
	return conversations.Before(a.app, a.before[i])
}

// rankedFrom is at which place the page of a ranking begins.
func (a *asked) rankedFrom(i int) (int, error) {
	if a.before == nil {
		return 0, nil
	}
	if i < len(a.before) {
		if n, err := strconv.Atoi(a.before[i]); err == nil && n >= 0 && n <= rankedMost {
			return n, nil
		}
	}
	return 0, fail.New(fail.Invalid, "conversations.cursor_shape").On("before")
}
