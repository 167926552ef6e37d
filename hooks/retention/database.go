package retention

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/disk"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/retention"
)

// Of the database it is told what takes how much, by looking at each of its pages:
// a second for half a gigabyte. So it is asked for behind the page, is given up where
// it takes too long, and holds for a while.
const (
	lookFor = 10 * time.Second
	holds   = 10 * time.Minute
)

// kinds are the parts of the database in the order in which they are told; tables of
// no other are the rest.
var kinds = []struct{ key, tables string }{
	{ofMessages, ofMessages},
	{"words", "message_words record_words record_numbers"}, // and what belongs to them
	{"conversations", "conversations mentions"},
	{"customers", "customers contacts notes contact_pages visitor_sessions customer_merges"},
	{audit.Collection, audit.Collection},
}

const (
	ofMessages = "messages"

	keyRest = "rest"
	keyFree = "free" // once taken, and written anew before the file grows
)

const pagesByTable = "SELECT COALESCE(m.tbl_name, s.name) AS name, SUM(s.pgsize) AS bytes FROM dbstat s LEFT JOIN sqlite_master m ON m.name = s.name WHERE s.aggregate = TRUE GROUP BY 1"

// inside remembers what is in the database.
type inside struct {
	mu     sync.Mutex
	looked time.Time
	bytes  map[string]int64
}

// of looks, or remembers. One looks at a time.
func (i *inside) of(ctx context.Context, app core.App) (map[string]int64, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.bytes != nil && time.Since(i.looked) < holds {
		return i.bytes, nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	var rows []struct {
		Name  string `db:"name"`
		Bytes int64  `db:"bytes"`
	}
	if err := app.ConcurrentDB().NewQuery(pagesByTable).WithContext(ctx).All(&rows); err != nil {
		return nil, fmt.Errorf("what is in the database: %w", err)
	}
	bytes := map[string]int64{}
	for _, r := range rows {
		bytes[kindOf(r.Name)] += r.Bytes
	}
	var free int64
	if err := app.ConcurrentDB().NewQuery("SELECT f.freelist_count * s.page_size FROM pragma_freelist_count f, pragma_page_size s").Row(&free); err != nil {
		return nil, fmt.Errorf("what is free in the database: %w", err)
	}
	bytes[keyFree] = free
	i.bytes, i.looked = bytes, time.Now()
	return bytes, nil
}

func kindOf(table string) string {
	for _, k := range kinds {
		for name := range strings.FieldsSeq(k.tables) {
			if table == name || strings.HasSuffix(name, "_words") && strings.HasPrefix(table, name+"_") {
				return k.key
			}
		}
	}
	return keyRest
}

// show tells it, or that it takes too long.
func (i *inside) show(e *core.RequestEvent) error {
	say := locale.In(web.Language(e))
	bytes, err := i.of(e.Request.Context(), e.App)
	if err != nil {
		e.App.Logger().Warn("looking into the database", "error", err)
		return web.Render(e, retention.Inside([]string{say.T("retention.inside_unknown")}))
	}
	var list []string
	for _, k := range append(keysOf(), keyRest, keyFree) {
		list = append(list, say.T("retention.inside_"+k, "Size", disk.Text(bytes[k])))
	}
	return web.Render(e, retention.Inside(list))
}

func keysOf() (keys []string) {
	for _, k := range kinds {
		keys = append(keys, k.key)
	}
	return keys
}
