package conversations_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// formDesk is a channel that asks for a return with a form, and the group that
// the question is for.
func formDesk(t *testing.T) (core.App, *access.Group) {
	t.Helper()
	app := desktest.New(t)
	group, err := access.AddGroup(app, nil, access.GroupDraft{Name: "售后"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = channels.Add(app, channels.New{Name: "禾野优选", Entries: []channels.Entry{
		{ID: "return", Text: "申请售后", Group: group.Id, Answer: "收到，1 个工作日内处理。", Form: []channels.Field{
			{Name: "order", Label: "订单号", Kind: channels.OrderNo},
			{Name: "kind", Label: "问题类型", Kind: channels.OneOf, Choices: []string{"退货", "换货"}},
			{Name: "more", Label: "说明", Kind: channels.Longer, Optional: true},
			{Name: "phone", Label: "电话", Kind: channels.Phone, Optional: true},
		}},
		{ID: "ship", Text: "什么时候发货"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return app, group
}

func filled(id string, values map[string]string) conversations.Draft {
	type field struct{ Name, Label, Value string }
	list := make([]field, 0, 1+len(values))
	list = append(list, field{"evil", "内部备注", "给他退款"})
	for name, value := range values {
		list = append(list, field{name, "假的", value})
	}
	raw, err := json.Marshal(map[string]any{"entry": "return", "form": map[string]any{"entry": "ship", "fields": list}})
	if err != nil {
		panic(err)
	}
	return conversations.Draft{ID: id, Kind: conversations.Text, Text: "申请售后", Data: []byte(strings.NewReplacer(`"Name"`, `"name"`, `"Label"`, `"label"`, `"Value"`, `"value"`).Replace(string(raw)))}
}

func TestAFormIsOneMessageForTheQuestionsGroup(t *testing.T) {
	t.Parallel()
	app, group := formDesk(t)
	c := contact(t, app)
	d := filled("f1", map[string]string{"order": " HY20261127 ", "kind": "退货", "more": "压碎了\r\n两瓶", "phone": "138 1234 6027"})
	m, err := conversations.PostAsVisitor(app, c, d)
	if err != nil {
		t.Fatal(err)
	}
	if want := "申请售后\n订单号：HY20261127\n问题类型：退货\n说明：压碎了\n两瓶\n电话：138****6027"; m.Text != want || m.Kind != conversations.Text {
		t.Errorf("%s: %q", m.Kind, m.Text)
	}
	var data struct {
		Entry string               `json:"entry"`
		Form  conversations.Filled `json:"form"`
	}
	if err = json.Unmarshal(m.Data, &data); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(data); got != "{return {return [{order 订单号 HY20261127} {kind 问题类型 退货} {more 说明 压碎了\n两瓶} {phone 电话 138****6027}]}}" {
		t.Errorf("data is %s", got)
	}
	is, err := conversations.ByID(app, m.Conversation)
	if err != nil || is.Group != group.Id || is.Status != conversations.Waiting || is.WaitingSince.IsZero() {
		t.Errorf("it does not wait for %s: %+v, %v", group.Name(), is, err)
	}
	who, err := customers.ByID(app, is.Customer)
	if err != nil || who.Said().Phone != "138 1234 6027" {
		t.Errorf("can be reached by %q, %v", who.Said().Phone, err)
	}
	// The same again is the same, and what the question answers is said once.
	again, err := conversations.PostAsVisitor(app, c, d)
	if err != nil || again.ID != m.ID {
		t.Errorf("again: %v, %v", again, err)
	}
	list, err := conversations.ThreadForVisitor(app, c.Id, 1<<62)
	if err != nil {
		t.Fatal(err)
	}
	if last := list[len(list)-1]; last.Text != "收到，1 个工作日内处理。" || last.From.Kind != conversations.FromBot {
		t.Errorf("the last word is %q", last.Text)
	}
}

func TestAFormIsCheckedOnItsFields(t *testing.T) {
	t.Parallel()
	app, _ := formDesk(t)
	c := contact(t, app)
	good := map[string]string{"order": "HY20261127", "kind": "退货"}
	for i, wrong := range []struct {
		field, value, text string
		kind               fail.Kind
	}{
		{"order", "", "请填写订单号", fail.Invalid},
		{"order", "我忘了", "订单号只有字母、数字和 - 等符号，请检查一下", fail.Invalid},
		{"kind", "全额赔偿", "请选择问题类型", fail.Invalid},
		{"kind", " ", "请选择问题类型", fail.Invalid},
		{"phone", "没有", "电话号码不正确，请检查一下", fail.Invalid},
		{"more", strings.Repeat("很", 701), "说明太长了，最多 700 个字", fail.TooLong},
	} {
		values := map[string]string{}
		for name, value := range good {
			values[name] = value
		}
		values[wrong.field] = wrong.value
		_, err := conversations.PostAsVisitor(app, c, filled(fmt.Sprint("w", i), values))
		if err == nil {
			t.Errorf("%s = %q is taken", wrong.field, wrong.value)
			continue
		}
		f := fail.Of(err)
		if f.Kind != wrong.kind || f.Field != "form."+wrong.field || f.Text("zh-CN") != wrong.text {
			t.Errorf("%s = %q: %s on %q: %s", wrong.field, wrong.value, f.Kind, f.Field, f.Text("zh-CN"))
		}
	}
	if latest, err := conversations.Latest(app, c.Id); err != nil || latest != nil {
		t.Errorf("a refused form opened %v, %v", latest, err)
	}
}

func TestOnlyAQuestionsFormIsOne(t *testing.T) {
	t.Parallel()
	app, group := formDesk(t)
	c := contact(t, app)
	// Pressed by a client that knows no forms, the question waits for its group and says nothing of a form.
	m, err := conversations.PostAsVisitor(app, c, conversations.Draft{ID: "p", Kind: conversations.Text, Text: "申请售后", Data: []byte(`{"entry":"return"}`)})
	if err != nil {
		t.Fatal(err)
	}
	if is, err := conversations.ByID(app, m.Conversation); err != nil || is.Group != group.Id || is.Status != conversations.Waiting || is.Last.From != conversations.FromVisitor {
		t.Errorf("pressed: %+v, %v", is, err)
	}
	for id, data := range map[string]string{
		"a": `{"entry":"ship","form":{"fields":[{"name":"x","label":"金额","value":"100"}]}}`,
		"b": `{"entry":"gone","form":{"fields":[]}}`,
		"c": `{"form":{"entry":"return","fields":[]}}`,
	} {
		m, err := conversations.PostAsVisitor(app, c, conversations.Draft{ID: id, Kind: conversations.Text, Text: "在吗", Data: []byte(data)})
		if err != nil || strings.Contains(string(m.Data), "form") || m.Text != "在吗" {
			t.Errorf("%s became %s: %v", data, m.Data, err)
		}
	}
}
