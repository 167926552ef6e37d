package console_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

const (
	fullPhone = "13812346027"
	fullEmail = "wang@example.com"
)

// known is a visitor whose phone number and address the shop has.
func (s *shop) known() asking {
	s.t.Helper()
	v, phone, email := s.ask("我的茶呢"), fullPhone, fullEmail
	if _, err := customers.Edit(s.app, v.customer, customers.Change{Phone: &phone, Email: &email}); err != nil {
		s.t.Fatal(err)
	}
	return v
}

// looks are the reveals that the audit trail knows of a customer.
func (s *shop) looks(customer string) (list []struct{ Actor, Reason, Changes string }) {
	s.t.Helper()
	err := s.app.DB().NewQuery("SELECT actor, reason, changes FROM audit WHERE act = 'customers.revealed' AND object_kind = 'customers' AND object = {:id} ORDER BY seq").
		Bind(dbx.Params{"id": customer}).All(&list)
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

func TestFullValuesAreGivenForAReasonThatIsWrittenDown(t *testing.T) {
	t.Parallel()
	s := open(t)
	v := s.known()
	who, agent := s.hire(access.Supervisor), s.hire(access.Agent)
	at := "POST customers/" + v.customer + "/reveal"
	s.call(agent, at, object{"field": "phone", "reason": "联系客户"}, http.StatusForbidden, nil)
	for name, c := range map[string]struct {
		in   object
		want int
	}{
		"no reason":      {object{"field": "phone", "reason": " "}, http.StatusUnprocessableEntity},
		"endless reason": {object{"field": "phone", "reason": strings.Repeat("长", 201)}, http.StatusUnprocessableEntity},
		"no field":       {object{"reason": "x"}, http.StatusUnprocessableEntity},
		"other field":    {object{"field": "external_id", "reason": "x"}, http.StatusUnprocessableEntity},
		"field by type":  {object{"field": object{"$ne": 1}, "reason": "x"}, http.StatusUnprocessableEntity},
	} {
		if got := s.send(who, at, c.in); got.status != c.want || bytes.Contains(got.body, []byte(fullPhone)) {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	s.call(who, "POST customers/nope/reveal", object{"field": "phone", "reason": "x"}, http.StatusNotFound, nil)
	s.call(who, "POST customers/"+s.ask("没有电话").customer+"/reveal", object{"field": "phone", "reason": "x"}, http.StatusNotFound, nil)
	if list := s.looks(v.customer); len(list) != 0 {
		t.Fatalf("refused ones are written down: %v", list)
	}
	var got struct{ Value string }
	s.call(who, at, object{"field": "phone", "reason": "联系客户"}, http.StatusOK, &got)
	if got.Value != fullPhone {
		t.Errorf("value = %q", got.Value)
	}
	s.call(who, at, object{"field": "email", "reason": "核对身份"}, http.StatusOK, &got)
	if got.Value != fullEmail {
		t.Errorf("value = %q", got.Value)
	}
	list := s.looks(v.customer)
	if len(list) != 2 || list[0].Actor != who.id || list[0].Reason != "联系客户" || list[1].Reason != "核对身份" ||
		!strings.Contains(list[0].Changes, "phone") || !strings.Contains(list[1].Changes, "email") {
		t.Errorf("written down: %+v", list)
	}
	for _, one := range list {
		if strings.Contains(one.Changes+one.Reason, fullPhone) || strings.Contains(one.Changes+one.Reason, fullEmail) {
			t.Errorf("the trail holds the value: %+v", one)
		}
	}
}

func TestNobodyCollectsFullValues(t *testing.T) {
	t.Parallel()
	s := open(t, func(app core.App) error {
		limits := settings.LimitsOf(app)
		limits.Reveals = 2
		return settings.Save(app, "limits", limits)
	})
	v := s.known()
	who, other := s.hire(access.Supervisor), s.hire(access.Supervisor)
	at, in := "POST customers/"+v.customer+"/reveal", object{"field": "phone", "reason": "x"}
	for range 2 {
		s.call(who, at, in, http.StatusOK, nil)
	}
	got := s.send(who, at, in)
	if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" || !bytes.Contains(got.body, []byte("60 分钟后")) {
		t.Errorf("the third: %d %s", got.status, got.body)
	}
	s.call(other, at, in, http.StatusOK, nil)
	if list := s.looks(v.customer); len(list) != 3 {
		t.Errorf("written down: %v", list)
	}
}
