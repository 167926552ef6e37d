package pinyin_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/pinyin"
)

func TestACharacterHasAllOfItsReadings(t *testing.T) {
	t.Parallel()
	got := pinyin.Readings("退款到银行", "绿 A1，行")
	for character, want := range map[string][]string{"退": {"tui"}, "款": {"kuan"}, "行": {"hang", "xing"}, "绿": {"lv"}} {
		if list := strings.Fields(got[character]); !subset(want, list) {
			t.Errorf("%s is read %q, want %q among them", character, list, want)
		}
	}
	if keys := slices.Sorted(maps.Keys(got)); len(keys) != 6 {
		t.Errorf("readings of %q", keys)
	}
}

func subset(of, in []string) bool {
	return !slices.ContainsFunc(of, func(one string) bool { return !slices.Contains(in, one) })
}

func TestEachReadingIsThereOnce(t *testing.T) {
	t.Parallel()
	for character, readings := range pinyin.Readings("重庆长春朝阳中国了着的和行好") {
		list := strings.Fields(readings)
		if unique := slices.Compact(slices.Sorted(slices.Values(list))); len(unique) != len(list) {
			t.Errorf("%s is read %q", character, list)
		}
	}
}
