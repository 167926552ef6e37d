package notices_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/escalation"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
	"github.com/dianxiaoer/xiaoer/hooks/sla"
)

// canaries are what a customer's data and words are recognised by.
var canaries = []string{"金丝雀", "13812346027", "138****6027", "138＊＊＊＊6027", "canary.wang@example.com", "SF1234567890123"}

// C66. Whatever happens on the desk that robots are told of, they say nothing
// that is the customer's: not who it is, not how to reach them, not what they wrote.
func TestRobotsTellNothingPersonal(t *testing.T) {
	t.Parallel()
	app, s := shop(t), listen(t)
	r := robot(t, app, s, notices.WeCom)
	boss, err := access.AddStaff(app, nil, access.Newcomer{Email: "owner@heye.cn", Nickname: "店主", Role: access.Owner, Password: "orange-Kettle-42"})
	if err != nil {
		t.Fatal(err)
	}
	p, err := access.ByID(app, boss.Id)
	if err != nil {
		t.Fatal(err)
	}
	rules := map[string]escalation.When{
		"开票": {Words: &escalation.Words{Any: []string{"发票"}}}, "大额": {Amount: 500}, "生气": {Emotion: conversations.Upset},
		"超时": {Breach: []string{conversations.FirstResponse}},
	}
	for name, when := range rules {
		if _, err := escalation.Add(app, p, escalation.Draft{Name: name, Enabled: true, When: when, Then: escalation.Then{Robots: true, Note: "{原因}"}}); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	suffer(t, app, func() {
		now = now.Add(time.Hour) // each by itself
		for _, code := range notices.Alerts {
			if err := notices.Speak(t.Context(), app, r.Id, code, 0, now); err != nil {
				t.Fatal(err)
			}
		}
	})
	s.said()
	texts := strings.Join(s.bodies, "\n")
	for _, name := range []string{"开票", "大额", "生气", "首次回复"} {
		if !strings.Contains(texts, name) {
			t.Errorf("nothing is told of %s: %s", name, texts)
		}
	}
	for _, c := range canaries {
		if strings.Contains(texts, c) {
			t.Errorf("%s is told: %s", c, texts)
		}
	}
}

// suffer has a customer who is all canaries write, and wait in vain. After each
// step something is done.
func suffer(t *testing.T, app core.App, then func()) {
	t.Helper()
	channel, err := channels.Add(app, channels.New{Name: "官网", Group: groups(t, app)[0].Id, Default: true})
	if err != nil {
		t.Fatal(err)
	}
	contact, _, _, err := customers.Arrive(app, customers.Arrival{Channel: channel.Id})
	if err != nil {
		t.Fatal(err)
	}
	name, phone, email := "金丝雀小姐", "13812346027", "canary.wang@example.com"
	for i, text := range []string{"在吗，我是金丝雀", "SF1234567890123 退我 899 元，电话 13812346027", "发票发到 canary.wang@example.com", "气死我了"} {
		m, err := conversations.PostAsVisitor(app, contact, conversations.Draft{ID: "m" + strconv.Itoa(i), Kind: conversations.Text, Text: text})
		if err != nil {
			t.Fatal(err)
		}
		c, err := conversations.ByID(app, m.Conversation)
		if err == nil {
			_, err = customers.Edit(app, c.Customer, customers.Change{Name: &name, Phone: &phone, Email: &email})
		}
		if err != nil {
			t.Fatal(err)
		}
		then()
	}
	for _, later := range []time.Duration{31 * time.Second, 2 * time.Minute} {
		clock.Set(app, func() time.Time { return time.Now().Add(later) })
		if err := sla.Sweep(app); err != nil {
			t.Fatal(err)
		}
		then()
	}
}
