package hooks_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// full reports what of a customer's personal data stands in raw as it is.
func full(raw []byte) (list []string) {
	for _, canary := range []string{canaryPhone, canaryEmail, "138 1234 6027", strings.Replace(canaryEmail, "@", "%40", 1)} {
		if bytes.Contains(raw, []byte(canary)) {
			list = append(list, canary)
		}
	}
	return list
}

// Nobody is told a phone number or an address in full, whatever their role, by
// any page, call, list, export or frame, but by the one call that asks why.
func TestPersonalDataIsMaskedEverywhere(t *testing.T) {
	t.Parallel()
	d := furnishedDesk(t)
	lines := map[string]*line{}
	for _, role := range staffRoles {
		lines[role] = d.dial(d.people[role], nil)
	}
	// A customer who is all canaries: known to the shop's site by their number, on
	// a page with both in its address.
	who := d.arrive()
	said := d.asked(who)
	_, err := conversations.LeaveMessage(d.app, who.contact, conversations.MessageLeft{ID: "left", Text: "打给我", Phone: "138 1234 6027"})
	d.must(err)
	d.identify(who)
	d.must(customers.SetPage(d.app, who.contact.Id, customers.Page{URL: "https://shop.example/o?tel=" + canaryPhone + "&mail=canary.wang%40example.com", Title: "订单 138 1234 6027"}))
	customer := d.customerOf(said)
	d.shared["/api/xiaoer/conversations/"], d.shared["/api/xiaoer/customers/"], d.shared["/admin/customers/"] = said.Conversation, customer, customer
	owner, err := access.ByID(d.app, d.people[access.Owner].id)
	d.must(err)
	_, err = conversations.Take(d.app, owner, "t1", said.Conversation)
	d.must(err)
	d.shared["/api/xiaoer/reminders/"] = d.promised(said.Conversation)

	for _, role := range staffRoles {
		seen := 0
		d.readAll(role, func(r web.Route, a answered) {
			if bytes.Contains(a.body, []byte("138****6027")) {
				seen++
			}
			if list := full(a.body); len(list) > 0 {
				t.Errorf("%s reads %v at %s", role, list, r.Path)
			}
		})
		if seen == 0 {
			t.Errorf("%s sees no customer at all: nothing was shown", role)
		}
		for _, view := range []string{"mine", "waiting", "open", "closed", "all"} {
			if list := full(d.call(d.people[role], http.MethodGet, "/api/xiaoer/conversations?view="+view, nil).body); len(list) > 0 {
				t.Errorf("%s reads %v in the list %s", role, list, view)
			}
		}
		for _, query := range []string{canaryPhone, canaryEmail, "canary"} {
			if list := full(bytes.ReplaceAll(d.call(d.people[role], http.MethodGet, "/admin/search?q="+query, nil).body, []byte(query), nil)); len(list) > 0 {
				t.Errorf("%s finds %v by searching", role, list)
			}
		}
		if list := full(d.call(d.people[role], http.MethodPatch, "/api/xiaoer/customers/"+customer, object{"level": "金卡"}).body); len(list) > 0 {
			t.Errorf("%s is answered %v when editing", role, list)
		}
	}
	for _, r := range d.table.All() {
		if r.Method == http.MethodPost && strings.HasSuffix(r.Path, "/export") {
			if list := full(d.call(d.people[access.Owner], r.Method, r.Path, d.bodyOf(r.Method+" "+r.Path)).body); len(list) > 0 {
				t.Errorf("%s holds %v", r.Path, list)
			}
		}
	}
	for role, l := range lines {
		d.must(l.ws.WriteJSON(frame{"type": "ping"}))
		l.until("pong")
		raw, err := json.Marshal(l.frames)
		d.must(err)
		if list := full(raw); len(list) > 0 {
			t.Errorf("%s hears %v on the socket", role, list)
		}
	}
	d.revealsOnlyOne(customer)
}

// identify lets the shop's site vouch for who, whom it knows by their number.
func (d *theDesk) identify(who *somebody) {
	d.t.Helper()
	channel, err := channels.ByID(d.app, d.channel)
	d.must(err)
	signed := &channels.Identity{ID: canaryPhone, HMAC: channels.Sign(channel.Secrets()[0].Text, canaryPhone, 0)}
	_, _, _, err = customers.Arrive(d.app, customers.Arrival{Bearer: &who.token, Identity: signed})
	d.must(err)
}

// revealsOnlyOne shows that the canaries are there, for whoever may have them
// and says why.
func (d *theDesk) revealsOnlyOne(customer string) {
	d.t.Helper()
	var may []string
	for _, role := range staffRoles {
		a := d.call(d.people[role], http.MethodPost, "/api/xiaoer/customers/"+customer+"/reveal", object{"field": "phone", "reason": "核对身份"})
		if list := full(a.body); slices.Contains(list, canaryPhone) {
			may = append(may, role)
		}
	}
	if want := []string{access.Owner, access.Supervisor, access.AfterSale, access.Complaint}; !slices.Equal(may, want) {
		d.t.Errorf("%v were told, want %v", may, want)
	}
}
