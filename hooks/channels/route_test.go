package channels_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// The first route that fits says who answers; where none does the channel's own
// group.
func TestTheFirstRouteThatFitsCounts(t *testing.T) {
	t.Parallel()
	c := given(t, desk(t), channels.New{Name: "官网", Group: "else", Routes: []channels.Route{
		{By: channels.ByDistributor, Value: "区域总代", Group: "chief"},
		{By: channels.ByDistributor, Group: "distributors"},
		{By: channels.ByAddress, Value: "/售后", Group: "address"},
		{By: channels.ByKind, Value: "cart", Group: "cart"},
		{By: channels.ByLevel, Value: "金卡", Group: "gold"},
		{By: channels.ByLevel, Group: "members"},
		{By: channels.BySigned},
		{By: channels.ByKind, Value: channels.OtherKind, Group: "elsewhere"},
	}})
	for name, one := range map[string]struct {
		channels.Facts
		group string
	}{
		"nothing fits":            {channels.Facts{PageKind: "home", Address: "https://heye.cn/"}, "else"},
		"by kind":                 {channels.Facts{PageKind: "cart"}, "cart"},
		"of no kind":              {channels.Facts{}, "elsewhere"},
		"of a kind of the shop's": {channels.Facts{PageKind: "article"}, "elsewhere"},
		"by address":              {channels.Facts{Address: "https://heye.cn/%E5%94%AE%E5%90%8E/1", PageKind: "home"}, "address"},
		"address before kind":     {channels.Facts{Address: "https://heye.cn/售后", PageKind: "cart"}, "address"},
		"an address of garbage":   {channels.Facts{Address: "https://heye.cn/%zz", PageKind: "cart"}, "cart"},
		"by level":                {channels.Facts{PageKind: "home", Level: " 金卡 "}, "gold"},
		"by any level":            {channels.Facts{PageKind: "home", Level: "银卡"}, "members"},
		"by distributor's level":  {channels.Facts{PageKind: "cart", Distributor: "区域总代", Level: "金卡"}, "chief"},
		"by any distributor":      {channels.Facts{PageKind: "cart", Distributor: "新手"}, "distributors"},
		"signed, to everybody":    {channels.Facts{PageKind: "home", Signed: true}, ""},
	} {
		if got := c.GroupFor(one.Facts); got != one.group {
			t.Errorf("%s: %q, want %q", name, got, one.group)
		}
	}
}

func TestRoutesAreChecked(t *testing.T) {
	t.Parallel()
	app := desk(t)
	long := strings.Repeat("长", 201)
	for name, one := range map[string]struct {
		routes []channels.Route
		key    string
	}{
		"of nothing":          {[]channels.Route{{}}, "channels.route_wrong"},
		"of no kind":          {[]channels.Route{{By: channels.ByKind, Value: "kitchen"}}, "channels.route_wrong"},
		"signed with a value": {[]channels.Route{{By: channels.BySigned, Value: "x"}}, "channels.route_wrong"},
		"no address":          {[]channels.Route{{By: channels.ByAddress, Value: " "}}, "channels.route_address"},
		"a long address":      {[]channels.Route{{By: channels.ByAddress, Value: long}}, "channels.route_address"},
		"a long level":        {[]channels.Route{{By: channels.ByLevel, Value: long}}, "channels.route_wrong"},
		"twice":               {[]channels.Route{{By: channels.BySigned, Group: "a"}, {By: channels.BySigned}}, "channels.route_twice"},
		"too many":            {make([]channels.Route, 31), "channels.routes_many"},
	} {
		_, err := channels.Add(app, channels.New{Name: "官网", Routes: one.routes})
		if f := fail.Of(err); f.Key != one.key || f.Field != "routes" {
			t.Errorf("%s: %v on %q, want %s", name, err, f.Field, one.key)
		}
	}
}

// What the form shows is what it keeps, in its order, and what is refused comes
// back as it was typed.
func TestRoutesAreEditedAsAList(t *testing.T) {
	t.Parallel()
	app, owner := shop(t)
	if err := settings.SaveLevels(app, settings.Levels{Distributors: []settings.Level{{Name: "区域总代"}}}); err != nil {
		t.Fatal(err)
	}
	g, err := access.AddGroup(app, nil, access.GroupDraft{Name: "分销"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := channels.Default(app)
	if err != nil {
		t.Fatal(err)
	}
	at := "/admin/channels/" + c.Id
	form := filled("version", owner.Get(at).Version(), "route_by_b", "distributor:区域总代", "route_group_b", g.Id, "route_by_a", "address", "route_address_a", " /Cart ")
	form["route"] = []string{"b", "a"}
	if a := owner.Post(at, form); a.Status != http.StatusSeeOther {
		t.Fatalf("saved: %d %.3000s", a.Status, a.Text)
	}
	want := []channels.Route{{By: channels.ByDistributor, Value: "区域总代", Group: g.Id}, {By: channels.ByAddress, Value: "/Cart"}}
	if c, err = channels.ByID(app, c.Id); err != nil || len(c.Routes()) != 2 || c.Routes()[0] != want[0] || c.Routes()[1] != want[1] {
		t.Fatalf("kept %+v, %v", c.Routes(), err)
	}
	page := owner.Get(at)
	for _, shown := range []string{`value="distributor:区域总代" selected`, `value="/Cart"`, "都不符合时，分给"} {
		if !strings.Contains(page.Text, shown) {
			t.Errorf("the form does not show %s", shown)
		}
	}
	form.Set("version", page.Version())
	form.Set("route_address_a", "")
	if a := owner.Post(at, form); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Text, "第 2 条：请填写网址里的一段文字") {
		t.Errorf("without an address: %d", a.Status)
	}
	form.Set("route_address_a", "/cart")
	form.Set("route_group_a", "gone")
	if a := owner.Post(at, form); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Text, "没有这个客服组") {
		t.Errorf("to a group that is gone: %d", a.Status)
	}
	if err = access.DeleteGroup(app, nil, g.Id, ""); err != nil {
		t.Fatal(err)
	}
	if c, err = channels.ByID(app, c.Id); err != nil || c.Routes()[0].Group != "" {
		t.Errorf("after the group was deleted: %+v, %v", c.Routes(), err)
	}
}
