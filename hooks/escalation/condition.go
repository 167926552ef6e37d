package escalation

import (
	"slices"
	"strconv"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// state is whether a condition holds, as far as it is known without asking.
type state int

const (
	no state = iota
	open
	yes
)

// condition is one of a rule's. Now says whether it holds, and whether it is this
// very moment that made it so: a rule fires at the moment at which the last of
// its conditions comes true. Ask answers where now leaves it open.
type condition struct {
	now func(s *scene) (is state, fresh bool, why reason)
	ask func(s *scene) (holds bool, why reason, err error)
}

// reason is why a condition holds: the key of its words under escalation.why_, and
// what they name. Of what the customer has written it has no more than a sum.
type reason struct {
	key  string
	args []any
}

// fires reports whether a rule with these conditions fires at the moment of s, and
// why.
func fires(list []condition, s *scene) (because []reason, err error) {
	now := false
	var asked []condition
	for _, c := range list {
		is, fresh, why := c.now(s)
		now = now || fresh
		switch is {
		case no:
			return nil, nil
		case open:
			asked = append(asked, c)
		case yes:
			because = append(because, why)
		}
	}
	if !now {
		return nil, nil
	}
	for _, c := range asked {
		holds, why, err := c.ask(s)
		if err != nil || !holds {
			return nil, err
		}
		because = append(because, why)
	}
	return because, nil
}

// prepared are w's conditions, the cheapest first, and all the words that they
// look for.
func (w *When) prepared() (list []condition, words []string) {
	if len(w.Channels) > 0 {
		list = append(list, channelIs(w.Channels))
	}
	if len(w.Groups) > 0 {
		list = append(list, groupIs(w.Groups))
	}
	if w.Emotion != calm {
		list = append(list, emotionIs(w.Emotion))
	}
	if w.Rating != nil {
		list = append(list, ratingIs(*w.Rating))
	}
	if len(w.Breach) > 0 {
		list = append(list, missed(w.Breach))
	}
	if w.Words != nil {
		l := newLexicon(w.Words.Any, w.Words.Except)
		list, words = append(list, says(l)), l.plain
	}
	if w.Amount > 0 {
		list = append(list, names(w.Amount))
	}
	if w.Again > 0 {
		list = append(list, comesAgain(w.Again))
	}
	if len(w.Levels) > 0 {
		list = append(list, levelIs(w.Levels))
	}
	return list, words
}

func holds(it bool) state {
	if it {
		return yes
	}
	return no
}

func channelIs(ids []string) condition {
	return condition{now: func(s *scene) (state, bool, reason) {
		return holds(slices.Contains(ids, s.channel)), s.opened, reason{key: "channel"}
	}}
}

func groupIs(ids []string) condition {
	return condition{now: func(s *scene) (state, bool, reason) {
		return holds(slices.Contains(ids, s.group)), s.opened || s.regrouped, reason{key: "group"}
	}}
}

func emotionIs(least conversations.Emotion) condition {
	return condition{now: func(s *scene) (state, bool, reason) {
		return holds(atLeast(s.emotion, least)), s.felt, reason{key: "emotion_" + string(s.emotion)}
	}}
}

func ratingIs(r Rating) condition {
	return condition{now: func(s *scene) (state, bool, reason) {
		switch {
		case s.rating == 0:
			return no, false, reason{}
		case s.rating <= r.Most:
			return yes, s.rated, reason{"rating", []any{"Score", s.rating}}
		}
		return holds(r.Unsolved && s.unsolved), s.rated, reason{key: "unsolved"}
	}}
}

func missed(kinds []string) condition {
	of := func(breached []string) (string, bool) {
		i := slices.IndexFunc(breached, func(kind string) bool { return slices.Contains(kinds, kind) })
		if i < 0 {
			return "", false
		}
		return breached[i], true
	}
	return remembered(func(m *moment) (reason, bool) {
		kind, ok := of(m.breached)
		return reason{key: "breach_" + kind}, ok
	})
}

func says(l lexicon) condition {
	return remembered(func(m *moment) (reason, bool) {
		for _, t := range m.said {
			if word, ok := l.among(t.hits, t); ok {
				return reason{"words", []any{"Word", word}}, true
			}
		}
		return reason{}, false
	})
}

func names(least int) condition {
	return remembered(func(m *moment) (reason, bool) {
		for _, t := range m.said {
			if sum := t.sum(); sum >= float64(least) {
				return reason{"amount", []any{"Amount", strconv.FormatFloat(sum, 'f', -1, 64)}}, true
			}
		}
		return reason{}, false
	})
}

// remembered is a condition of what happens in a conversation: it holds from then on.
func remembered(in func(*moment) (reason, bool)) condition {
	return condition{
		now: func(s *scene) (state, bool, reason) {
			if why, ok := in(&s.moment); ok {
				return yes, true, why
			}
			return open, false, reason{}
		},
		ask: func(s *scene) (bool, reason, error) {
			m, err := s.earlier()
			if err != nil {
				return false, reason{}, err
			}
			why, ok := in(m)
			return ok, why, nil
		},
	}
}

func comesAgain(least int) condition {
	return condition{
		now: func(s *scene) (state, bool, reason) { return open, s.opened, reason{} },
		ask: func(s *scene) (bool, reason, error) {
			n, err := s.visits()
			return n >= least, reason{"again", []any{"Times", n}}, err
		},
	}
}

func levelIs(levels []string) condition {
	return condition{
		now: func(s *scene) (state, bool, reason) { return open, s.opened, reason{} },
		ask: func(s *scene) (bool, reason, error) {
			has, err := s.levels()
			if err != nil {
				return false, reason{}, err
			}
			i := slices.IndexFunc(levels, func(one string) bool {
				return slices.ContainsFunc(has, func(level string) bool { return settings.SameLevel(level, one) })
			})
			if i < 0 {
				return false, reason{}, nil
			}
			return true, reason{"level", []any{"Level", levels[i]}}, nil
		},
	}
}
