package terms

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

func TestFinds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed, text string
		found       bool
	}{
		{"退", "我要退款", true},
		{"退款", "我要退款", true},
		{"退款进度", "请问退款进度怎么样", true},
		{"退款进度", "退款的进度", false},
		{"退款进度", "退款 款进 进度", false}, // all pairs, and yet not there
		{"退款 进度", "进度？我的退款呢", true},
		{"退款 发票", "我要退款", false},
		{"hello", "Hello, world", true},
		{"wor", "Hello, world", true},
		{"orld", "Hello, world", false},
		{"o", "Hello o", true},
		{"h", "Hello", false},
		{"ＡＢ１２", "单号ab12345", true},
		{"cafe", "去Café坐坐", true},
		{"cafe\u0301", "cafes", true},
		{"T恤", "这件T恤有货吗", true},
		{"6027", "电话13812346027，打给我", true},
		{"2346027", "电话13812346027，打给我", true},
		{"027", "电话13812346027", false},
		{"3812", "电话13812346027", false},
		{"1381", "电话13812346027", true},
		{"13812346027", "138-1234-6027", true},
		{"138 1234 6027", "13812346027", true},
		{"138-1234-6027", "我是138 1234 6027", true},
		{"13812346027", "+8613812346027", true},
		{"6027", "138 1234 6027", true},
		{"+86 138-1234-6027", "13812346027", true},
		{"008613812346027", "+86 13812346027", true},
		{"20261127000184", "订单20261127000184到哪了", true},
		{"202611270001", "订单20261127000184到哪了", true},
		{"0184", "订单TB20261127000184到哪了", true},
		{"tb2026", "订单TB20261127000184到哪了", true},
		{"TB-2026-0184", "单号 TB-2026-0184", true},
		{"ありがとう", "どうもありがとう", true},
		{"привет", "Привет!", true},
		{"！？…", "什么！？…", false},
		{"", "什么", false},
	} {
		if _, ok := Parse(c.typed).In(c.text); ok != c.found {
			t.Errorf("%q in %q: %t", c.typed, c.text, ok)
		}
	}
}

func TestMarksAreWhereItIs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed, text string
		want        []string
	}{
		{"退款", "😀退款，不退款", []string{"退款", "退款"}},
		{"退 款", "退款", []string{"退款"}}, // what touches is one mark
		{"wor", "Hello, world", []string{"wor"}},
		{"6027", "138-1234-6027", []string{"6027"}},
		{"2346027", "138-1234-6027", []string{"234-6027"}},
		{"ｈｅ", "Hello", []string{"He"}},
		{"哈", "哈哈哈", []string{"哈哈哈"}},
	} {
		found, ok := Parse(c.typed).In(c.text)
		if !ok {
			t.Errorf("%q is not in %q", c.typed, c.text)
		}
		units := encode(c.text)
		var got []string
		for _, m := range found.Marks {
			got = append(got, decode(units[m[0]:m[1]]))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q in %q: %q", c.typed, c.text, got)
		}
	}
}

func TestASnippetShowsWhatWasSearchedFor(t *testing.T) {
	t.Parallel()
	q := Parse("退款")
	for _, text := range []string{
		"退款", "我\n要\t退款", strings.Repeat("很长的话", 100) + "退款" + strings.Repeat("还有", 100), strings.Repeat("😀", 200) + "退款",
		"退款" + strings.Repeat("😀", 200),
	} {
		s := q.Snippet(text)
		if len(s.Marks) == 0 {
			t.Fatalf("%q: nothing is marked", s.Text)
		}
		if m := s.Marks[0]; decode(encode(s.Text)[m[0]:m[1]]) != "退款" {
			t.Errorf("%q is marked at %v", s.Text, m)
		}
		if n := len(encode(s.Text)); n > snippetMost+2 || strings.ContainsAny(s.Text, "\n\t\uFFFD") {
			t.Errorf("%q has %d units", s.Text, n)
		}
	}
	if s := q.Snippet("别的"); s.Text != "别的" || len(s.Marks) != 0 {
		t.Errorf("without a hit: %+v", s)
	}
}

// The index may promise too much, but never too little: what [Query.In] finds,
// the tokens lead to.
func TestTheIndexLeadsToAllThatIsFound(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	letters := []rune("退款进度ab1234567890 -，é\u0301ＡB😀ー한")
	word := func(most int) string {
		runes := make([]rune, 1+r.IntN(most))
		for i := range runes {
			runes[i] = letters[r.IntN(len(letters))]
		}
		return string(runes)
	}
	hits := 0
	for range 200_000 {
		text, typed := word(24), word(6)
		if r.IntN(2) == 0 { // some of what is there
			runes := []rune(text)
			from := r.IntN(len(runes))
			typed = string(runes[from : from+1+r.IntN(len(runes)-from)])
		}
		q := Parse(typed)
		if _, ok := q.In(text); !ok {
			continue
		}
		hits++
		tokens := strings.Fields(Words(text))
		for _, t2 := range q.terms {
			for _, clause := range t2.tokens() {
				if !leads(clause, tokens) {
					t.Fatalf("%q is in %q, but %s does not lead there (%q)", typed, text, clause, tokens)
				}
			}
		}
	}
	if hits < 10_000 {
		t.Errorf("only %d were found", hits)
	}
}

// leads evaluates one clause of FTS5's language, as far as this package writes it.
func leads(clause string, tokens []string) bool {
	for one := range strings.SplitSeq(strings.Trim(clause, "()"), " OR ") {
		word, prefix := strings.CutSuffix(one, "*")
		word = strings.Trim(word, `"`)
		if slices.ContainsFunc(tokens, func(token string) bool { return token == word || prefix && strings.HasPrefix(token, word) }) {
			return true
		}
	}
	return false
}

func TestAMatchIsWrittenInFTS5sLanguage(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		`退款进度`:           `"退款" AND "款进" AND "进度"`,
		`退" OR "x`:       `"退" AND "por" AND "wx"`,
		`6027`:           `("p6027" OR "t7206"*)`,
		`20261127000184`: `("w20261127000184"* OR "t48100072116202"*)`,
		`NEAR(a b)`:      `"pnear" AND "wa" AND "wb"`,
	} {
		if got := Parse(typed).Match(); got != want {
			t.Errorf("%s: %s", typed, got)
		}
	}
	if got, want := Parse("退").Match([]string{"c1", "c2"}, []string{"knote"}), `"退" AND ("c1" OR "c2") AND ("knote")`; got != want {
		t.Errorf("%s, not %s", got, want)
	}
}

func FuzzFinds(f *testing.F) {
	f.Add("退款", "我要退款")
	f.Add("6027", "+86 138-1234-6027")
	f.Fuzz(func(t *testing.T, typed, text string) {
		q := Parse(typed)
		_ = Words(text)
		_ = q.Match()
		s := q.Snippet(text)
		for _, m := range s.Marks {
			if m[0] < 0 || m[1] > len(encode(s.Text)) || m[0] >= m[1] {
				t.Fatalf("%v in %q", m, s.Text)
			}
		}
	})
}

func encode(text string) []uint16 { return utf16.Encode([]rune(text)) }

func decode(units []uint16) string { return string(utf16.Decode(units)) }
