package conversations

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/mask"
)

// keyForm is where an entry's data holds what was filled in.
const keyForm = "form"

// Filled is the form of an entry question as the timeline keeps it. A sender
// says entry and, of each field, name and value; the labels are the shop's.
type Filled struct {
	Entry  string        `json:"entry"`
	Fields []FilledField `json:"fields"`
}

// FilledField is one answer. A phone number is masked: in full it is with the
// customer, see [customers.Said].
type FilledField struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	Value string `json:"value"`
}

// unfilled is data without a form: only the shop's own questions have one.
func unfilled(data json.RawMessage) json.RawMessage {
	if !bytes.Contains(data, []byte(`"`+keyForm+`"`)) {
		return data
	}
	var all map[string]json.RawMessage
	if json.Unmarshal(data, &all) != nil || all[keyForm] == nil {
		return data
	}
	delete(all, keyForm)
	if len(all) == 0 {
		return nil
	}
	return mustJSON(all)
}

// fill makes of m what the visitor has filled in of the question's form: words
// for whoever reads, and fields for whoever shows them. A number to call is kept
// with the customer. A question that is only pressed says nothing of its own
// yet. Errors: invalid, too_long, on form.<name>.
func (tx *Tx) fill(c *Conversation, m *Message, d Draft, entry *channels.Entry) error {
	var data struct {
		Form *Filled `json:"form"`
	}
	if entry == nil || len(entry.Form) == 0 {
		return nil
	}
	_ = json.Unmarshal(d.Data, &data) // what is no form fills none in
	if data.Form == nil {
		entry.Answer = ""
		return nil
	}
	kept, said, err := answers(entry.Form, data.Form.Fields)
	if err != nil {
		return err
	}
	form := Filled{Entry: entry.ID, Fields: kept}
	m.Kind, m.Text, m.terms = Text, form.Words(entry.Text), ""
	var all map[string]json.RawMessage
	if err := json.Unmarshal(d.Data, &all); err != nil {
		return err
	}
	all[keyForm] = mustJSON(form)
	m.Data = mustJSON(all)
	return customers.Reach(tx.App, c.Customer, said)
}

// Words are the form as any client can show it: the question, and below it each
// label with its value.
func (f Filled) Words(question string) string {
	lines := make([]string, 0, 1+len(f.Fields))
	lines = append(lines, question)
	for _, one := range f.Fields {
		lines = append(lines, one.Label+"："+one.Value)
	}
	return strings.Join(lines, "\n")
}

// answers holds what was given against the form: every field that is there, in
// the form's order, and by which number the visitor can be reached.
func answers(form []channels.Field, given []FilledField) (kept []FilledField, said customers.Said, err error) {
	kept = []FilledField{}
	for _, f := range form {
		value := ""
		if i := slices.IndexFunc(given, func(g FilledField) bool { return g.Name == f.Name }); i >= 0 {
			value = tidy(given[i].Value, f.Kind == channels.Longer)
		}
		if err = checkAnswer(f, value); err != nil {
			return nil, said, err
		}
		if value == "" {
			continue
		}
		if f.Kind == channels.Phone {
			said.Phone, value = value, mask.Phone(value)
		}
		kept = append(kept, FilledField{Name: f.Name, Label: f.Label, Value: value})
	}
	return kept, said, nil
}

// tidy is an answer without what nobody meant to say.
func tidy(value string, lines bool) string {
	if lines {
		return strings.TrimSpace(strings.ReplaceAll(value, "\r\n", "\n"))
	}
	return strings.Join(strings.Fields(value), " ")
}

// orderNumber is what shops' systems call an order.
var orderNumber = regexp.MustCompile(`^#?[A-Za-z0-9][A-Za-z0-9._/-]{2,38}$`)

// checkAnswer refuses what is no answer to a field.
func checkAnswer(f channels.Field, value string) error {
	at := keyForm + "." + f.Name
	if value == "" && f.Optional {
		return nil
	}
	if utf8.RuneCountInString(value) > f.Most() {
		return fail.New(fail.TooLong, "conversations.field_long", "Field", f.Label, "Most", f.Most()).On(at)
	}
	if wrong := misfit(f, value); wrong != "" {
		return fail.New(fail.Invalid, wrong, "Field", f.Label).On(at)
	}
	return nil
}

// misfit says what is wrong with an answer, "" where nothing is.
func misfit(f channels.Field, value string) string {
	switch {
	case f.Kind == channels.OneOf && !slices.Contains(f.Choices, value):
		return "conversations.field_unchosen"
	case value == "":
		return "conversations.field_missing"
	case f.Kind == channels.OrderNo && !orderNumber.MatchString(value):
		return "conversations.field_order"
	case f.Kind == channels.Phone && (customers.Said{Phone: value}).Check() != nil:
		return "conversations.field_phone"
	}
	return ""
}
