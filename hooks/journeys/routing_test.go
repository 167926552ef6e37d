package journeys_test

import (
	"fmt"
	"maps"
	"testing"
)

func init() { maps.Copy(scenes, routingScenes) }

// routingScenes are the pages on which the shop decides who answers.
var routingScenes = map[string][]scene{
	"/admin/routing": {
		{name: "routing", as: ownerMail, path: "/admin/routing", sees: "#queue li"},
		{name: "routing refused", as: ownerMail, path: "/admin/routing", sees: "#queue li", then: func(v *view) {
			v.mayLeave()
			v.addsLevel("customers", "黑金会员", "61")
			v.click(".ad-save .pri", "")
			v.sees("#customers-error", say("routing.bounds_minutes", "From", 0, "To", 60))
		}},
	},
}

// addsLevel adds a row to a list of levels, and leaves it unsaved.
func (v *view) addsLevel(kind, name, start string) {
	v.p.t.Helper()
	list := fmt.Sprintf("[aria-labelledby=levels-%s]", kind)
	v.click(list+" [data-row-add]:enabled", "")
	v.write(list+" [data-row]:last-child .rt-level > .txt", name)
	v.write(list+" [data-row]:last-child .rt-start .txt", start)
}

// picks chooses a value of a select, as a person does who opens it.
func (v *view) picks(css, value string) {
	v.p.t.Helper()
	v.sees(css, "")
	ask[any](v, fmt.Sprintf(`((e) => { e.value = %s; e.dispatchEvent(new Event("input", { bubbles: true })); e.dispatchEvent(new Event("change", { bubbles: true })); })(document.querySelector(%s))`,
		quote(value), quote(css)))
}

// The owner names a level and says what it is worth, and sees at once what that
// does; it can be chosen of a customer and leads those who have it to a group.
func TestALevelIsWorthWhatTheOwnerSays(t *testing.T) {
	t.Parallel()
	d := desk(t)
	p := owner(t, d, "/admin/routing")
	p.sees("#queue li:first-child", say("routing.example_urgent"))
	p.addsLevel("customers", "黑金会员", "15")
	p.click("[aria-labelledby=levels-customers] [data-row]:last-child .rt-vip", "")
	p.sees("#queue li:first-child", "黑金会员")
	p.sees("#queue li:first-child", say("routing.example_counted", "Minutes", "17"))
	p.click(".ad-save .pri", "")
	p.sees(".ad-flash", say("routing.saved"))
	p.sees("#queue li:first-child", "黑金会员")

	p.visit(d.url("/admin/channels"))
	p.click(".ad-who a", shopName)
	routes := "[aria-labelledby=part-routes]"
	p.click(routes+" [data-row-add]:enabled", "")
	p.misses(".ch-route .txt")
	p.picks(".ch-route select", "address")
	p.write(".ch-route .txt", "/vip")
	p.audit()
	p.picks(".ch-route select", "level:黑金会员")
	p.misses(".ch-route .txt")
	group := ask[string](p.view, `document.querySelector(".ch-route-to option:nth-child(3)").value`)
	p.picks(".ch-route-to select", group)
	p.click(".ad-save .pri", "")
	p.sees(".ad-flash", say("channels.saved"))
	p.sees("[for=group]", say("channels.group_else"))

	v := visitor(t, d, "visitor")
	v.asks("我的茶呢")
	p.visit(d.url("/desk"))
	a := p
	a.opens("我的茶呢")
	a.click(".kv .blank", say("console.field_level"))
	a.sees(".kv .menu", "黑金会员")
	a.audit()
	a.click(".kv .menu button", "黑金会员")
	a.sees(".kv .vip", "")
	a.click(".kv .blank", say("console.field_dedicated"))
	a.click(".kv .menu button", agentName)
	a.sees(".kv dd", agentName)
	a.audit()
	a.click(".kv .ib", say("console.edit_field", "Name", say("console.field_dedicated")))
	a.click(".kv .menu button", say("console.none_of_these"))
	a.sees(".kv .blank", say("console.field_dedicated"))
}
