package mask_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/dianxiaoer/xiaoer/hooks/mask"
)

func TestPhone(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{
		"13812346027":       "138****6027",
		"138 1234 6027":     "138****6027",
		"138-1234-6027":     "138****6027",
		"+8613812346027":    "+86 138****6027",
		"+86 138 1234 6027": "+86 138****6027",
		"＋86 １３８１２３４６０２７":    "+86 138****6027",
		"008613812346027":    "+86 138****6027",
		"010-65521234":       "010****1234",
		"(0571) 8765 4321":   "057****4321",
		"65521234":           "65****34",
		"400 800 1234":       "40****34",
		"+1 (415) 555-0123":  "+141****0123",
		"12345":              "***45",
		"123":                "***",
		"1":                  "*",
		"":                   "",
		"+85291234567":       "+852****4567",
		"not a number at al": "",
	} {
		if got := mask.Phone(number); got != want {
			t.Errorf("Phone(%q) = %q, want %q", number, got, want)
		}
	}
}

func TestEmail(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"wang@example.com": "w***@example.com", "王小明@例子.中国": "王***@例子.中国", "w@example.com": "***@example.com",
		"": "", "@example.com": "***@example.com", "nobody": "***", `"a@b"@example.com`: `"***@example.com`,
	} {
		if got := mask.Email(address); got != want {
			t.Errorf("Email(%q) = %q, want %q", address, got, want)
		}
	}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"u-42": "u-42", "oGZUI0egBJY1zhBYw2KhdUfwVJJE": "oGZUI0egBJY1zhBYw2KhdUfwVJJE", "4f1d13812346027aa": "4f1d13812346027aa",
		"13812346027": "138****6027", "010-65521234": "010****1234", "wang@example.com": "w***@example.com", "u-13812346027": "u-138****6027",
		"https://shop.example/o/20261126?tel=13812346027&mail=wang%40example.com#x": "https://shop.example/o/20261126?tel=138****6027&mail=w***%40example.com#x",
		"订单 · 138 1234 6027 · wang@example.com":                                     "订单 · 138****6027 · w***@example.com",
		"": "", "2026-11-26 的订单": "2026-11-26 的订单",
	} {
		if got := mask.Within(text); got != want {
			t.Errorf("Within(%q) = %q, want %q", text, got, want)
		}
	}
}

// However a number is written, at least three of its digits, and of a whole one
// four, are hidden.
func FuzzPhoneHidesTheMiddle(f *testing.F) {
	for _, seed := range []string{"13812346027", "+86 138", "0", "१२३४५६७८९०१", "٠١٢٣٤٥٦٧٨"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, number string) {
		digits := func(s string) int {
			return len([]rune(strings.Map(func(r rune) rune {
				if unicode.IsDigit(r) {
					return r
				}
				return -1
			}, s)))
		}
		masked := mask.Phone(number)
		shown, all := digits(strings.TrimPrefix(masked, "+86 ")), digits(number)
		if shown > 0 && shown > all-2 || shown > 7 {
			t.Errorf("Phone(%q) = %q", number, masked)
		}
	})
}
