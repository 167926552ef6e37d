package access

import (
	_ "embed"
	"regexp"
	"strings"
)

// listed are passwords that people choose most, the commonest first, one a line:
// the first 22,000 of at least five characters of the list in zxcvbn (Dropbox,
// MIT), which was counted in leaks. It is read where it lies and costs no memory.
//
//go:embed common.txt
var listed string

// chinese are those that the list lacks: what is typed in China first.
const chinese = `
a12345678
a123456789
aa12345678
abc123456
admin888
woaini1314
woaini520
woaini521
5201314a
52013140
5201314520
13145200
wang1234
zhang123
taobao
tmall
xiaoer
xiaoer123
kefu
kefu1234
kefu12345
dianzhu
dianpu
wangdian
shouhou
shouqian
woaini
woaiwo
aini1314
iloveyou520
qwer1234
1qaz2wsx3edc
147258369
741852963
`

// hasty are a family name with nothing but digits, a birthday and a phone
// number: what a guesser who knows the person tries.
var hasty = regexp.MustCompile(`^(?:(?:wang|li|zhang|liu|chen|yang|huang|zhao|wu|zhou|xu|sun|ma|zhu|hu|guo|he|lin|gao|luo)[._@-]?\d+` +
	`|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|1[3-9]\d{9})$`)

// plain undoes what people replace letters by.
var plain = strings.NewReplacer("@", "a", "4", "a", "0", "o", "1", "i", "!", "i", "3", "e", "$", "s", "5", "s", "7", "t")

// decoration is what people put behind a word to satisfy a rule.
const (
	decoration     = "0123456789!@#$%^&*._-+?~。！"
	mostDecoration = 4
)

// isCommon reports whether a guesser comes upon the password early: it is one of
// the list, or a word of it in disguise.
func isCommon(password string) bool {
	lower := strings.ToLower(password)
	if monotonous(lower) || hasty.MatchString(lower) || isListed(lower) {
		return true
	}
	bare := strings.TrimRight(lower, decoration)
	if len(lower)-len(bare) > mostDecoration {
		bare = lower
	}
	bare = strings.TrimLeft(bare, decoration)
	return isListed(bare) || isListed(plain.Replace(lower)) || isListed(plain.Replace(bare)) || isTwice(lower)
}

func isListed(word string) bool {
	if len(word) < 4 || strings.Contains(word, "\n") {
		return false
	}
	line := "\n" + word + "\n"
	return strings.Contains(chinese, line) || strings.Contains(listed, line)
}

// isTwice is a short word said again and again, such as abcabcabc.
func isTwice(s string) bool {
	for n := 1; n <= 4 && n <= len(s)/2; n++ {
		if strings.Repeat(s[:n], len(s)/n+1)[:len(s)] == s {
			return true
		}
	}
	return false
}
