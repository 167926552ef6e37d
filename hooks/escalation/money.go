package escalation

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// amount is the largest sum of money, in yuan, that a customer names in t; 0
// where they name none.
//
// Only what is said to be money counts: ¥500, 500元, 500 块, 五百块钱, 1.2万元,
// rmb 500. A bare 500 may be a size, a weight or a piece of an order's number,
// and so it is none; "几千块" counts as the least that it can be. A sum to spend
// for a discount (满300元) and things that are counted in 块 (500块拼图) are none
// either. Other currencies are not read.
func amount(t *text) float64 {
	if !strings.ContainsAny(t.said, "¥元块圆塊") && !strings.Contains(t.said, "rmb") && !strings.Contains(t.said, "cny") && !strings.Contains(t.said, "人民币") {
		return 0
	}
	most := 0.0
	for rest, before := t.said, ""; rest != ""; {
		value, n := numeral(rest)
		if n == 0 {
			_, n = utf8.DecodeRuneInString(rest)
		} else if value <= mostNamed && isMoney(before, rest[n:]) {
			most = max(most, value)
		}
		before, rest = t.said[:len(before)+n], rest[n:]
	}
	return most
}

// mostNamed is more than anybody loses in a small shop: beyond it, it is a
// number of something else.
const mostNamed = 1e8

var (
	signsBefore = []string{"¥", "rmb", "cny", "人民币"}
	signsAfter  = []string{"块钱", "元钱", "元", "块", "圆", "塊", "rmb", "cny", "人民币", "¥"}
	// vague may stand between a number and its unit: 五百多块.
	vague = []string{"多", "来", "余", "几"}
	// noSum says that the sum is a threshold or a place in a row.
	noSum = []string{"满", "第", "每满", "滿"}
	// noUnit is what makes a thing, a day or a coupon of 元 and 块.
	noUnit = strings.Fields("素 宵 旦 件 组 气 老 券 优惠券 代金券 红包 拼图 积木 肥皂 香皂 皂 蛋糕 糕 巧克力 饼 糖 电池 砖 瓷砖 地板 木板 板 石头 玉 布 手表 表 屏 硬盘 肉 牛排 排骨 豆腐 地垫 垫子 毛巾 手帕 橡皮 冰 煤 姜 面包 披萨 pizza")
)

// isMoney reports whether a number between what stands before and after it is a
// sum of money.
func isMoney(before, after string) bool {
	before, after = strings.TrimRightFunc(before, unicode.IsSpace), strings.TrimLeftFunc(after, unicode.IsSpace)
	if cutSuffix(before, noSum) != before {
		return false
	}
	if cutSuffix(before, signsBefore) != before {
		return true
	}
	after = strings.TrimLeftFunc(cutPrefix(after, vague), unicode.IsSpace)
	unit := cutPrefix(after, signsAfter)
	if unit == after {
		return false
	}
	return cutPrefix(unit, noUnit) == unit
}

func cutPrefix(s string, either []string) string {
	for _, p := range either {
		if rest, ok := strings.CutPrefix(s, p); ok {
			return rest
		}
	}
	return s
}

func cutSuffix(s string, either []string) string {
	for _, p := range either {
		if rest, ok := strings.CutSuffix(s, p); ok {
			return rest
		}
	}
	return s
}

var (
	chineseDigits = map[rune]float64{
		'零': 0, '〇': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9,
		'壹': 1, '贰': 2, '叁': 3, '肆': 4, '伍': 5, '陆': 6, '柒': 7, '捌': 8, '玖': 9,
	}
	shortUnits   = map[rune]float64{'k': 1e3, 'w': 1e4}
	chineseUnits = map[rune]float64{'十': 10, '拾': 10, '百': 100, '佰': 100, '千': 1e3, '仟': 1e3, '万': 1e4}
)

// number is a numeral as it is being read: 一万二千三百 is 1 of 万, and 2 of 千 and
// 3 of 百 below it.
type number struct {
	total, section, digit float64
	has                   bool    // digit was read and not yet counted
	unit                  float64 // the last that was read; 1 after a zero
}

// numeral reads the number that s begins with, in digits, in Chinese or in both;
// n is how many bytes it has, 0 where there is none.
func numeral(s string) (value float64, n int) {
	var num number
	for n < len(s) {
		size := num.read(s[n:])
		if size == 0 {
			break
		}
		n += size
	}
	return num.value(), n
}

// read takes in what of the numeral s goes on with, and returns how many bytes
// that is; 0 where the numeral has ended.
func (n *number) read(s string) (size int) {
	if isDigit(s[0]) {
		if n.has {
			return 0
		}
		n.digit, size = digits(s)
		n.has = true
		return size
	}
	r, size := utf8.DecodeRuneInString(s)
	unit := chineseUnits[r]
	if unit == 0 && n.has && !spelledAfter(s[size:]) {
		unit = shortUnits[r]
	}
	if unit != 0 {
		n.count(unit)
		return size
	}
	digit, is := chineseDigits[r]
	if !is {
		return 0
	}
	n.spell(digit)
	return size
}

func spelledAfter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r >= 'a' && r <= 'z'
}

// count takes what was read so many times; without a digit once: 百元 is 100.
func (n *number) count(unit float64) {
	if !n.has && (unit < 1e4 || n.section == 0) {
		n.digit = 1
	}
	if unit == 1e4 {
		n.total, n.section = n.total+(n.section+n.digit)*unit, 0
	} else {
		n.section += n.digit * unit
	}
	n.digit, n.has, n.unit = 0, false, unit
}

// spell reads a Chinese digit; several in a row are written as they are: 一二〇 is 120.
func (n *number) spell(digit float64) {
	switch {
	case n.has:
		n.digit = n.digit*10 + digit
		n.unit = 1
	case digit == 0 && n.unit > 0:
		n.unit = 1
		return // 一千零五
	default:
		n.digit = digit
	}
	n.has = true
}

// value is what the numeral comes to. A last digit without a unit is of the next
// one below: 一千二 is 1200.
func (n *number) value() float64 {
	last := n.digit
	if n.unit >= 100 && last < 10 {
		last *= n.unit / 10
	}
	return n.total + n.section + last
}

// digits reads a number of digits with commas between thousands and a fraction.
func digits(s string) (value float64, n int) {
	plain := make([]byte, 0, 16)
	point := false
	for ; n < len(s); n++ {
		switch c := s[n]; {
		case isDigit(c):
			plain = append(plain, c)
		case c == ',' && !point && thousand(s[n+1:]):
		case c == '.' && !point && n+1 < len(s) && isDigit(s[n+1]):
			point = true
			plain = append(plain, c)
		default:
			value, _ = strconv.ParseFloat(string(plain), 64) // digits and a point; what is too large is infinite
			return value, n
		}
	}
	value, _ = strconv.ParseFloat(string(plain), 64) // as above
	return value, n
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// thousand reports whether s begins with three digits and no fourth.
func thousand(s string) bool {
	return len(s) >= 3 && isDigit(s[0]) && isDigit(s[1]) && isDigit(s[2]) && (len(s) == 3 || !isDigit(s[3]))
}
