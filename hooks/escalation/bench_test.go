package escalation_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/escalation"
)

// BenchmarkPost is what a customer's message takes, without rules and with 50
// that it is not about.
func BenchmarkPost(b *testing.B) {
	for _, rules := range []int{0, 50} {
		b.Run(fmt.Sprint(rules, "_rules"), func(b *testing.B) {
			s := open(b)
			for i := range rules {
				when := words(fmt.Sprint("词", i), fmt.Sprint("词词", i))
				if i%2 == 0 {
					when.Amount = 100000
				}
				s.rule(escalation.Draft{Name: strconv.Itoa(i), When: when, Then: escalation.Then{Priority: "high"}})
			}
			who := s.comes()
			s.says(who, "你好")
			for b.Loop() {
				s.n++
				_, err := conversations.PostAsVisitor(s.app, who, conversations.Draft{ID: fmt.Sprint("m", s.n), Kind: conversations.Text, Text: "我上周买的外套还没有发货，花了 399 元，什么时候能发呀"})
				s.must(err)
			}
		})
	}
}
