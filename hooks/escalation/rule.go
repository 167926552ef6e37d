package escalation

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// When is what must be so for a rule: everything of it that is there. It is kept
// as JSON, in which a condition that is not there is left out.
//
// All of it is about one conversation, in whatever order it comes true: the
// customer may have named the sum before or after the word.
type When struct {
	Words    *Words                `json:"words,omitempty"`
	Amount   int                   `json:"amount,omitempty"` // they name at least so many yuan, see amount
	Rating   *Rating               `json:"rating,omitempty"`
	Emotion  conversations.Emotion `json:"emotion,omitempty"`  // the conversation's mark is at least this
	Again    int                   `json:"again,omitempty"`    // it is at least the customer's so many-th within a day
	Breach   []string              `json:"breach,omitempty"`   // a deadline of one of these kinds was missed
	Levels   []string              `json:"levels,omitempty"`   // the customer's level, or theirs as a distributor, is one of these
	Channels []string              `json:"channels,omitempty"` // it came by one of these, by id
	Groups   []string              `json:"groups,omitempty"`   // it is in one of these, by id
}

// Words is that the customer says one of Any, but for where that stands within
// one of Except.
type Words struct {
	Any    []string `json:"any"`
	Except []string `json:"except,omitempty"`
}

// Rating is that the customer gives at most so many points, or says that their
// question was not solved; whichever of the two is asked for.
type Rating struct {
	Most     int  `json:"most,omitempty"` // 0: however many
	Unsolved bool `json:"unsolved,omitempty"`
}

// Then is what a rule does, in this order.
type Then struct {
	Priority    string   `json:"priority,omitempty"`
	Tags        []string `json:"tags,omitempty"`  // ids
	Group       string   `json:"group,omitempty"` // id of the one that it waits in from then on
	Staff       string   `json:"staff,omitempty"` // id of whom it is given to
	Note        string   `json:"note,omitempty"`  // for staff; {规则} and {原因} are filled in
	Assignee    bool     `json:"assignee,omitempty"`
	Supervisors bool     `json:"supervisors,omitempty"`
	Robots      bool     `json:"robots,omitempty"` // the shop's groups and addresses of alarm
}

// Bounds of a rule.
const (
	mostRules   = 100
	longestName = 60
	mostWords   = 100
	longestWord = 40
	mostAmount  = 10_000_000
	leastAgain  = 2
	mostAgain   = 20
	mostIDs     = 50
	mostTags    = 5
	longestNote = 1000
	mostBytes   = 32 << 10 // as the schema has it
)

// unpack reads JSON of a rule into when or then, and nothing that they do not know.
func unpack(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fail.New(fail.Invalid, "fail.invalid").Because(err)
	}
	return nil
}

// tidy is w without what people type around words, and without doubles.
func (w When) tidy() When {
	if w.Words != nil {
		w.Words = &Words{Any: tidied(w.Words.Any), Except: tidied(w.Words.Except)}
	}
	w.Levels = tidied(w.Levels)
	return w
}

func tidied(list []string) []string {
	var out []string
	for _, s := range list {
		if s = strings.Join(strings.Fields(s), " "); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func wrong(key, field string, args ...any) error {
	return fail.New(fail.Invalid, key, args...).On(field)
}

// check says the first thing that is wrong with the conditions.
func (w *When) check() error {
	for _, ask := range []func() error{w.checkWords, w.checkNumbers, w.checkLists} {
		if err := ask(); err != nil {
			return err
		}
	}
	if w.Words == nil && w.Amount == 0 && w.Rating == nil && w.Emotion == "" && w.Again == 0 && len(w.Breach)+len(w.Levels)+len(w.Channels)+len(w.Groups) == 0 {
		return wrong("escalation.when_missing", "when")
	}
	return nil
}

func (w *When) checkWords() error {
	if w.Words == nil {
		return nil
	}
	if len(w.Words.Any) == 0 {
		return wrong("escalation.words_missing", "words")
	}
	if err := checkList(w.Words.Any, mostWords, "words"); err != nil {
		return err
	}
	if err := checkList(w.Words.Except, mostWords, "except"); err != nil {
		return err
	}
	for _, word := range slices.Concat(w.Words.Any, w.Words.Except) {
		if plainOf(word) == "" {
			return wrong("escalation.word_empty", "words", "Word", word)
		}
	}
	return nil
}

// checkList bounds a list of words.
func checkList(list []string, most int, field string) error {
	if len(list) > most {
		return wrong("escalation.too_many", field, "Most", most)
	}
	for _, s := range list {
		if s == "" || utf8.RuneCountInString(s) > longestWord {
			return wrong("escalation.word_long", field, "Most", longestWord)
		}
	}
	return nil
}

func (w *When) checkNumbers() error {
	switch {
	case w.Amount < 0 || w.Amount > mostAmount:
		return wrong("escalation.amount_wrong", "amount", "Most", mostAmount)
	case w.Again != 0 && (w.Again < leastAgain || w.Again > mostAgain):
		return wrong("escalation.again_wrong", "again", "Least", leastAgain, "Most", mostAgain)
	case w.Rating != nil && !w.Rating.says():
		return wrong("escalation.rating_wrong", "rating")
	case w.Emotion != "" && !slices.Contains(conversations.Emotions, w.Emotion):
		return wrong("fail.invalid", "emotion")
	}
	return nil
}

// says reports whether r asks for anything, and for points that there are.
func (r *Rating) says() bool {
	return r.Most >= 0 && r.Most <= 5 && (r.Most > 0 || r.Unsolved)
}

func (w *When) checkLists() error {
	for _, kind := range w.Breach {
		if !slices.Contains(conversations.DeadlineKinds, kind) {
			return wrong("fail.invalid", "breach")
		}
	}
	for field, list := range map[string][]string{"levels": w.Levels, "channels": w.Channels, useGroups: w.Groups, "breach": w.Breach} {
		if err := checkList(list, mostIDs, field); err != nil {
			return err
		}
	}
	return nil
}

// check says the first thing that is wrong with what is done.
func (t *Then) check() error {
	switch {
	case t.Priority != "" && !slices.Contains(conversations.Priorities, t.Priority):
		return wrong("fail.invalid", "priority")
	case utf8.RuneCountInString(t.Note) > longestNote:
		return wrong("fail.too_long", "note", "Most", longestNote)
	case utf8.RuneCountInString(t.Group) > longestWord, utf8.RuneCountInString(t.Staff) > longestWord:
		return wrong("fail.invalid", "group")
	case t.Priority == "" && t.Group == "" && t.Staff == "" && len(t.Tags) == 0 && t.Note == "" && !t.notifies():
		return wrong("escalation.then_missing", "then")
	}
	return checkList(t.Tags, mostTags, "tags")
}

func (t *Then) notifies() bool { return t.Assignee || t.Supervisors || t.Robots }
