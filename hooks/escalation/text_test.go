package escalation

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

func lookFor(l lexicon, t *text) (string, bool) { return l.among(newVocabulary(l.plain).in(t), t) }

func TestWordsAreFoundHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		words, except, said string
		want                string
	}{
		{"投诉", "", "我要投诉", "投诉"},
		{"投诉", "", "我要 投 诉 你们", "投诉"},
		{"投诉", "", "投*诉、投.诉", "投诉"},
		{"投诉", "", "我投。诉求是退款", ""}, // a sentence ends between them
		{"12315", "", "我打１２３１５", "12315"},
		{"12315", "", "1-2-3-1-5 等着", "12315"},
		{"12315", "", "订单号 2012315888", ""},
		{"12315", "", "v12315", "12315"},
		{"REFUND", "", "i want a Refund now", "REFUND"},
		{"ass", "", "a glass of water", ""},
		{"ass", "", "ＡＳＳ！", "ass"},
		{"rip off", "", "what a ripoff", "rip off"},
		{"退款 换货", "", "可以换货吗", "换货"},
		{"投诉", "不投诉", "我不投诉", ""},
		{"投诉", "不投诉", "不投诉？不可能，投诉到底", "投诉"},
		{"投诉", "不投诉 投诉建议", "投诉建议在哪里，我不投诉", ""},
		{"💢", "", "💢", ""}, // a picture is no word
		{"投诉", "", "", ""},
		{"café", "", "CAFE\u0301", "café"},
	} {
		l := newLexicon(strings.Fields(strings.ReplaceAll(c.words, "rip off", "rip\u00a0off")), strings.Fields(c.except))
		if c.words == "rip off" {
			l = newLexicon([]string{c.words}, nil)
		}
		if got, _ := lookFor(l, read(c.said)); got != c.want {
			t.Errorf("%q in %q: %q, want %q", c.words, c.said, got, c.want)
		}
	}
}

func TestOnlyMoneyIsAnAmount(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]float64{
		"¥500": 500, "￥ 1,200.50": 1200.5, "500元": 500, "500 块": 500, "５００元": 500, "五百块钱": 500, "五百块": 500, "一千二百元": 1200,
		"一千二块": 1200, "两百五十块": 250, "三万五元": 35000, "1.2万元": 12000, "2w块": 20000, "3k元": 3000, "十块": 10, "一百零五元": 105, "一千零五元": 1005,
		"rmb 800": 800, "800rmb": 800, "人民币900": 900, "500多块": 500, "五百来块": 500, "一千多元": 1000, "好几千块": 1000, "上万元": 10000, "几百块": 100,
		"要么退 300 元，要么赔 500 元": 500, "退我500块不然投诉": 500, "3块5毛": 3, "壹仟贰佰元": 1200, "1，200元": 1200, "12,34元": 34, "2万3千元": 23000,
		// what is no sum
		"500": 0, "五百": 0, "订单 88005001234": 0, "500ml 的还有吗": 0, "500日元": 0, "500美元": 0, "$500": 0, "五百强": 0, "万一呢": 0, "千万不要": 0,
		"元旦发货吗": 0, "满300元减50": 0, "满 300 元": 0, "买三块肥皂": 0, "500块拼图有吗": 0, "两块手表": 0, "500元优惠券怎么用": 0, "第五元素": 0, "": 0, "元": 0, "¥": 0,
		"13800138000元": 0, "一块儿": 1, "iPhone 15 Pro 256G": 0,
	} {
		if got := amount(read(said)); got != want {
			t.Errorf("%s: %v, want %v", said, got, want)
		}
	}
}

func TestFeelings(t *testing.T) {
	t.Parallel()
	for want, list := range map[conversations.Emotion][]string{
		angry: {
			"我要投诉", "再不发货就投诉", "投 诉 你们", "打12315", "你们就是骗子", "不得不投诉", "是不是要我投诉才行", "要不要投诉？要", "垃圾", "什么垃圾袋，一用就破，垃圾！",
			"太慢了！！！", "气死我了", "能不生气吗？我要举报", "给你差评", "别逼我投诉", "网上曝光你们", "不退款，我就起诉", "你们太过分了", "😡", "别投诉了？我偏要投诉",
			"this is a SCAM", "I will do a charge back", "I'm so angry", "you are liars", "I'll sue you", "FUCK", "真他妈慢",
			"不，投诉！",
		},
		upset: {
			"我很生气", "有点失望", "怎么还没发货？？", "等了半天没人回", "太慢了", "能不生气吗", "在吗？？？", "人呢!!!", "怎么没人", "有没有人管，受不了了", "不回复是什么意思", "质量太差", "😤",
			"I am disappointed", "still waiting", "no reply for two days", "this is ridiculous", "what is going on???", "评论里有差评",
		},
		calm: {
			"你好", "", "在吗", "不投诉", "我不会投诉的", "没有生气", "没生气", "我没有很生气", "不是很生气啦", "别生气", "不会让人失望", "不失望", "不着急", "别着急", "不太慢", "零差评", "没有差评",
			"谢谢！！！", "太好看了!!!", "好的!!!!", "垃圾袋有大号的吗", "垃圾桶多少钱", "烟雾报警器", "防诈骗手册", "曝光补偿怎么调", "滚筒洗衣机", "工商银行能付吗", "给他妈妈买的", "我妈的生日", "满300元减50",
			"订单 2012315888", "12345678", "还没投诉", "没打算投诉", "无投诉", "特价的有吗", "着急用，今天能发吗", "不满300元怎么包邮", "黑猫警长的杯子", "愤怒的小鸟玩偶",
			"I'm not angry", "not at all angry", "I am not really upset", "don't want to sue you", "no problem", "never a scam", "class", "OK!", "THANKS!!!", "真棒！！！", "区别是什么",
		},
	} {
		for _, said := range list {
			if got := feeling(read(said)); got != want {
				t.Errorf("%s: %q, want %q", said, got, want)
			}
		}
	}
}

// Every word of the lists is one that is found.
func TestListsAreWrittenAsTheyAreLookedUp(t *testing.T) {
	t.Parallel()
	for name, list := range map[string][]string{"threats": threats, "complaints": complaints, "harmless": harmless, "kind": kindWords, "denials": denials, "fillers": fillers} {
		seen := map[string]bool{}
		for _, w := range list {
			if plainOf(w) != w || seen[w] {
				t.Errorf("%s: %q is looked up as %q, or stands there twice", name, w, plainOf(w))
			}
			seen[w] = true
		}
	}
	for _, w := range threats {
		if got := feeling(read(w)); got != angry {
			t.Errorf("%q alone is %q", w, got)
		}
	}
	for _, w := range complaints {
		if got := feeling(read(w)); got == calm {
			t.Errorf("%q alone is calm", w)
		}
	}
	for _, w := range harmless {
		if got := feeling(read(w)); got != calm {
			t.Errorf("%q alone is %q", w, got)
		}
	}
}

// Whatever is said and looked for: a word that stands there by itself is found,
// nothing is found that is not there, and nothing panics.
func FuzzWords(f *testing.F) {
	for _, seed := range [][2]string{{"我要投诉", "投诉"}, {"投 诉", "投诉"}, {"１２３１５", "12315"}, {"\u0301\ufe0f", "e\u0301"}, {"don't", "dont"}, {"\xff\xfe", "\xff"}, {"İstanbul", "istanbul"}, {"¥1,2,3.4.5元", "元"}, {"一二〇千百万零块", "万"}, {"！？!?", "?"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, said, word string) {
		r := read(said)
		if len(r.gaps) != len(r.plain)+1 || !utf8.ValidString(r.plain) {
			t.Fatalf("read as %q with %d gaps", r.plain, len(r.gaps))
		}
		if a := amount(r); a < 0 || a > mostNamed {
			t.Fatalf("an amount of %v", a)
		}
		_ = feeling(r)
		l := newLexicon([]string{word}, nil)
		_, found := lookFor(l, r)
		if len(l.plain) == 0 {
			if found {
				t.Fatal("nothing was found")
			}
			return
		}
		if found && !strings.Contains(r.plain, l.plain[0]) {
			t.Fatalf("%q was found in %q", word, said)
		}
		if around := read("。" + word + "。"); !strings.ContainsRune(around.plain[1:len(around.plain)-1], sentence) {
			if _, ok := lookFor(l, around); !ok {
				t.Fatalf("%q was not found by itself", word)
			}
		}
		if _, ok := lookFor(lexicon{plain: l.plain, words: l.words, except: l.plain}, r); ok {
			t.Fatalf("%q was found although it is excepted", word)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	said := "亲，我上周三买的那个外套到现在都还没有发货，请问什么时候能发出来呀，谢谢"
	for b.Loop() {
		t := read(said)
		_ = feeling(t)
		_ = amount(t)
	}
}

// BenchmarkHarmlessWords reads as many words as a message can hold of those that
// are no threat for what they stand in. A visitor may write so twice a second,
// and everybody waits meanwhile: ten times the text must cost ten times the time.
func BenchmarkHarmlessWords(b *testing.B) {
	for _, n := range []int{166, 1666} {
		said := strings.Repeat("投诉率", n)
		b.Run(strconv.Itoa(3*n), func(b *testing.B) {
			for b.Loop() {
				if feeling(read(said)) != calm {
					b.Fatal("投诉率 is no threat")
				}
			}
		})
	}
}
