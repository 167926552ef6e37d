package notices

import (
	"errors"
	"strings"
	"unicode"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// What may be wrong with a robot, as a key of its words.
const (
	troubleLimited = "notices.trouble_limited" // it was told too much
	troubleBusy    = "notices.trouble_busy"
	troubleGone    = "notices.trouble_gone"    // there is no such robot, or no such group, any more
	troubleStopped = "notices.trouble_stopped" // somebody has switched it off there
	troubleSign    = "notices.trouble_sign"    // the secret, or the machine's clock
	troubleKeyword = "notices.trouble_keyword" // it says only what has one of its keywords
	troubleAddress = "notices.trouble_address" // it does not listen to this machine
	troubleContent = "notices.trouble_content"
	troubleMail    = "notices.trouble_mail"
	troubleNoMail  = "notices.trouble_no_mail" // the shop has no mail server
)

// Trouble is why a robot could not speak.
type Trouble struct {
	Key  string `json:"key"`
	Code int    `json:"code,omitempty"` // of the answer, 0 without one
	Text string `json:"text,omitempty"` // the other side's own words, for what has none of ours
}

// mostTrouble is how much of the other side's words is kept.
const mostTrouble = 120

// troubleOf is a call that came to nothing.
func troubleOf(err error) *Trouble {
	if f, ok := errors.AsType[*fail.Error](err); ok {
		return &Trouble{Key: f.Key}
	}
	return &Trouble{Key: "outbound.unreachable"}
}

// without takes what nobody may read out of the other side's words, which like to
// repeat what they were told.
func (t Trouble) without(secrets ...string) Trouble {
	text := strings.Join(strings.FieldsFunc(t.Text, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }), " ")
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, "…")
		}
	}
	if runes := []rune(text); len(runes) > mostTrouble {
		text = string(runes[:mostTrouble]) + "…"
	}
	t.Text = text
	return t
}

// In is the trouble in words.
func (t Trouble) In(say locale.Speaker) string {
	return say.T(t.Key, "Code", t.Code, "Text", t.Text)
}
