package escalation

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// Whatever stands in a rule's columns: what is let in can be looked at, said in
// words, shown in its form and written again, and comes out as it was.
func FuzzRule(f *testing.F) {
	for _, seed := range [][2]string{
		{`{"words":{"any":["投诉"],"except":["不投诉"]},"amount":500}`, `{"priority":"urgent","supervisors":true}`},
		{`{"rating":{"most":2,"unsolved":true},"emotion":"angry","again":3}`, `{"tags":["a"],"note":"{规则}"}`},
		{`{"breach":["first"],"levels":["金卡"],"channels":["c"],"groups":["g"]}`, `{"group":"g","staff":"s"}`},
		{`{}`, `{}`},
		{`null`, `[]`},
		{`{"words":null,"amount":1e9}`, `{"x":1}`},
		{`{"words":{"any":["\ud800"]}}`, `{"robots":true}`},
	} {
		f.Add(seed[0], seed[1], "我要投诉，退 500 块")
	}
	f.Fuzz(func(t *testing.T, conditions, actions, said string) {
		var d Draft
		if unpack([]byte(conditions), &d.When) != nil || unpack([]byte(actions), &d.Then) != nil || d.When.check() != nil || d.Then.check() != nil {
			return
		}
		for name, part := range map[string]any{"when": &d.When, "then": &d.Then} {
			once, err := json.Marshal(part)
			if err != nil {
				t.Fatal(err)
			}
			again := reflect.New(reflect.TypeOf(part).Elem()).Interface()
			if err := unpack(once, again); err != nil {
				t.Fatalf("%s does not come back: %s", name, once)
			}
			if twice, _ := json.Marshal(again); string(twice) != string(once) {
				t.Fatalf("%s came back as %s, was %s", name, twice, once)
			}
		}
		list, words := d.When.prepared()
		s := &scene{
			earlier: func() (*moment, error) { return &moment{}, nil },
			visits:  func() (int, error) { return 1, nil },
			levels:  func() ([]string, error) { return nil, nil },
		}
		s.moment = moment{opened: true, said: []*text{(&engine{words: newVocabulary(words)}).read(said)}}
		if _, err := fires(list, s); err != nil {
			t.Fatal(err)
		}
		in := inWords{locale.In("en"), &directory{}}
		if len(in.when(d.When)) == 0 || len(in.then(d.Then)) == 0 {
			t.Fatalf("it says nothing of %s → %s", conditions, actions)
		}
		if shown := d.shown(); len(shown.Use) == 0 || len(shown.Do) == 0 {
			t.Fatalf("its form shows nothing of %s → %s", conditions, actions)
		}
	})
}

// manyRules are 50 with ten words each, as nobody has them.
func manyRules() *engine {
	e := &engine{}
	words := make([][]string, 0, 50)
	for i := range 50 {
		w := When{Words: &Words{Except: []string{"不投诉"}}}
		for j := range 10 {
			w.Words.Any = append(w.Words.Any, fmt.Sprintf("词%d%d", i, j), "我要"+string(rune('一'+i*10+j)))
		}
		switch i % 5 {
		case 1:
			w.Amount = 100000
		case 2:
			w.Emotion = conversations.Angry
		case 3:
			w.Groups = []string{"x"}
		case 4:
			w.Again = 9
		}
		list, some := w.prepared()
		e.rules = append(e.rules, &armed{id: strconv.Itoa(i), conditions: list})
		words = append(words, some)
	}
	e.words = newVocabulary(words...)
	return e
}

// BenchmarkFiftyRules is what a message costs that no rule is about: reading it,
// how it sounds, and all rules.
func BenchmarkFiftyRules(b *testing.B) {
	e := manyRules()
	b.ReportAllocs()
	for b.Loop() {
		s := &scene{group: "g"}
		s.said = []*text{e.read("亲，我上周三买的那个外套到现在都还没有发货，请问什么时候能发出来呀，花了 399 元呢，谢谢")}
		s.emotion = s.feeling(calm)
		for _, r := range e.rules {
			if because, _ := fires(r.conditions, s); because != nil {
				b.Fatal("it fired")
			}
		}
	}
}
