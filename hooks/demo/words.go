package demo

import (
	"embed"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

//go:embed words page
var embedded embed.FS

// shop is what words/shop.toml says: who works there, what it sells help with,
// and whom.
type shop struct {
	Name, Colour, Greeting string

	Group       []struct{ Key, Name string }
	Entry       []question
	Staff       []member
	Tag         []struct{ Name, Colour string }
	Field       []field
	Level       []level // of customers
	Distributor []level
	Route       []struct{ By, Value, Group string }
	Page        []struct{ Title, Path, Kind string }
	Reply       []struct{ Code, Title, Category, Text string }
	Say         struct{ Impatient, Thanks, Generic, Bye []string }
	Comments    comments
	Aside       struct {
		Ask, Promise string
		Block        []string // why, one each
	}
	People struct {
		Known                                            [][]string // name, level, region
		Surnames                                         string
		Given, Nicknames, Levels, Regions, Cities, Notes []string
	}
}

// field is something that the shop wants to know of its customers.
type field struct {
	Name, Kind    string
	Options, Says []string // what it can be, or what customers say
	Personal      bool
	Share         int // of a hundred customers, how many have said
}

// level is a rank of customers or distributors.
type level struct {
	Name      string
	Minutes   int // ahead in the queue
	VIP       bool
	Dedicated string // nickname of whose customers they are
}

// comments are what ratings say, by mood.
type comments struct{ Good, Fair, Poor []string }

// member is somebody who works in the shop. The program plays some of them.
type member struct {
	Nickname, Email, Role, Presence, Reason string
	Groups                                  []string // keys
	Cap, Weight                             int
	Plays                                   bool
}

func readShop() (*shop, error) {
	s := &shop{}
	if _, err := toml.DecodeFS(embedded, "words/shop.toml", s); err != nil {
		return nil, fmt.Errorf("read the demo's shop: %w", err)
	}
	return s, nil
}

// question is an entry question of the shop.
type question struct {
	ID, Text, Answer, Group string
	Kinds                   []string
	Form                    []channels.Field
}

// part is who does a line of a dialogue.
type part string

// The first word of a line.
const (
	customer part = "客"
	agent    part = "服"
	picture  part = "图"
	entry    part = "键"
	note     part = "注"
	handOn   part = "转"
	rated    part = "评"
)

// line is one line of a dialogue. said are its ways to say the same.
type line struct {
	part part
	said []string
}

// dialogue is a way that a conversation can go.
type dialogue struct {
	topic, group string
	tags         []string
	mood         string // 好, 中 or 差
	lines        []line
}

// readDialogues reads words/dialogues.txt, whose head says how it is written.
func readDialogues() ([]*dialogue, error) {
	raw, err := embedded.ReadFile("words/dialogues.txt")
	if err != nil {
		return nil, fmt.Errorf("read the demo's dialogues: %w", err)
	}
	var list []*dialogue
	for text := range strings.Lines(string(raw)) {
		text = strings.TrimSpace(text)
		if head, ok := strings.CutPrefix(text, "== "); ok {
			list = append(list, readHead(head))
			continue
		}
		word, rest, ok := strings.Cut(text, " ")
		if !ok || word == "#" || len(list) == 0 {
			continue
		}
		d := list[len(list)-1]
		if part(word) == rated {
			d.mood = rest
			continue
		}
		d.lines = append(d.lines, line{part: part(word), said: strings.Split(rest, "|")})
	}
	return list, nil
}

func readHead(head string) *dialogue {
	fields := strings.Split(head, " | ")
	d := &dialogue{topic: fields[0], mood: "好"}
	if len(fields) > 2 {
		d.group, d.tags = fields[1], strings.Split(fields[2], ",")
	}
	return d
}

// telling is one time that a dialogue happens: its numbers stay the same
// throughout, its words vary.
type telling struct {
	*dialogue
	blanks []string // pairs for strings.NewReplacer
	choice int      // of the ways to say something
}

func (s *shop) tell(d *dialogue, name string, dice *rand.Rand) *telling {
	return &telling{dialogue: d, choice: dice.IntN(1 << 16), blanks: []string{
		"{订单}", fmt.Sprintf("HY2026%02d%02d-%04d", 1+dice.IntN(12), 1+dice.IntN(28), dice.IntN(10000)),
		"{运单}", fmt.Sprintf("YT8830%09d", dice.IntN(1_000_000_000)),
		"{称呼}", address(name), "{城市}", pick(dice, s.People.Cities),
	}}
}

// words are a line's, as the agent of that name says them.
func (t *telling) words(l line, by string) string {
	return strings.NewReplacer(append([]string{"{客服}", by}, t.blanks...)...).Replace(l.said[t.choice%len(l.said)])
}

// filled is what the line of an entry question says in its form: the values of the
// first fields.
func (t *telling) filled(e channels.Entry, l line) (list []conversations.FilledField) {
	for i, value := range l.said[1:] {
		if i < len(e.Form) {
			list = append(list, conversations.FilledField{Name: e.Form[i].Name, Label: e.Form[i].Label, Value: strings.NewReplacer(t.blanks...).Replace(value)})
		}
	}
	return list
}

// address is how an agent speaks to a customer: by name, where it is short
// enough to be one.
func address(name string) string {
	if n := len([]rune(name)); n < 2 || n > 4 {
		return "亲"
	}
	return name
}

func pick[T any](dice *rand.Rand, from []T) T { return from[dice.IntN(len(from))] }

// chance is true so many times of a hundred.
func chance(dice *rand.Rand, percent int) bool { return dice.IntN(100) < percent }
