package access

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/hours"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// CollectionGroups is where groups are kept.
const CollectionGroups = "groups"

var _ core.RecordProxy = (*Group)(nil)

// Group is a skill that conversations are routed by.
type Group struct{ core.BaseRecordProxy }

var groupTrail = audit.Fields{Name: "name", Ignore: []string{"sort"}}

func wrapGroup(r *core.Record) *Group {
	g := &Group{}
	g.SetProxyRecord(r)
	return g
}

// Key is that of a group that every shop begins with, "" else.
func (g *Group) Key() string { return g.GetString("key") }

// Name is what the shop calls the group.
func (g *Group) Name() string { return g.GetString("name") }

// Hours is when the group answers; the zero Week is whenever the channel does.
func (g *Group) Hours() hours.Week {
	var w hours.Week
	if g.readHours(&w) != nil {
		return hours.Week{}
	}
	return w
}

func (g *Group) readHours(into *hours.Week) error {
	if text := g.GetString("hours"); text == "" || text == "null" {
		return nil
	}
	return g.UnmarshalJSONField("hours", into)
}

// Leaving is what the group has said of members who leave; what is empty in it
// is as the shop has set it.
func (g *Group) Leaving() Leaving {
	var l Leaving
	if g.readLeaving(&l) != nil {
		return Leaving{}
	}
	return l
}

func (g *Group) readLeaving(into *Leaving) error {
	if text := g.GetString("leaving"); text == "" || text == "null" {
		return nil
	}
	return g.UnmarshalJSONField("leaving", into)
}

func (g *Group) become(d GroupDraft) {
	g.Set("name", strings.TrimSpace(d.Name))
	g.Set("hours", d.Hours)
	if d.Leaving != nil {
		g.Set("leaving", d.Leaving)
	}
}

func (g *Group) begin(key string)  { g.Set("key", key) }
func (g *Group) standAt(place int) { g.Set("sort", place) }

// presetGroups are what every shop begins with.
var presetGroups = []string{PreSale, AfterSale, Complaint}

// Groups lists all groups in the shop's order.
func Groups(app core.App) ([]*Group, error) {
	var list []*Group
	if err := app.RecordQuery(CollectionGroups).OrderBy("sort", "created", "id").All(&list); err != nil {
		return nil, fmt.Errorf("groups: %w", err)
	}
	return list, nil
}

// GroupByID returns one group.
func GroupByID(app core.App, id string) (*Group, error) {
	g := &Group{}
	if err := app.RecordQuery(CollectionGroups).AndWhere(dbx.HashExp{"id": id}).Limit(1).One(g); err != nil {
		return nil, fmt.Errorf("group %s: %w", id, err)
	}
	return g, nil
}

// GroupBy returns the group whose id, key or name is word.
func GroupBy(app core.App, word string) (*Group, error) {
	g := &Group{}
	err := app.RecordQuery(CollectionGroups).
		AndWhere(dbx.NewExp("id = {:word} OR (key = {:word} AND key != '') OR name = {:word}", dbx.Params{"word": word})).
		OrderBy("sort", "created", "id").Limit(1).One(g)
	if err != nil {
		return nil, fmt.Errorf("group %s: %w", word, err)
	}
	return g, nil
}

// EnsureGroups makes those of the groups that every shop begins with that are
// missing.
func EnsureGroups(app core.App) error {
	say := locale.In(settings.ShopOf(app).Language)
	for _, key := range presetGroups {
		if _, err := GroupBy(app, key); err == nil {
			continue
		} else if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if _, err := AddGroup(app, nil, GroupDraft{Key: key, Name: say.T("access.group_" + localeKey(key))}); err != nil {
			return err
		}
	}
	return nil
}

// localeKey is a role's or group's key as part of a message key.
func localeKey(key string) string { return strings.ReplaceAll(key, "-", "_") }
