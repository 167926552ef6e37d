package notices

import (
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/mask"
	"github.com/dianxiaoer/xiaoer/hooks/outbox"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// Alerts are the codes of what robots tell, in the order in which a robot's form
// shows them. Each has its name under notices.code_….
var Alerts = []string{DeadlineEscalated, Unseen, Rule, Backup}

// mostWords is how much of an alert's words is told.
const mostWords = 300

// Warning is something that the shop is told where nobody may be looking at the
// console. It holds nothing personal: no name, no words, no number of a customer.
type Warning struct {
	Code         string
	Key          string // of the words in views/locale
	Args         []any  // the words' variables: names and values in turn
	Group        string // id of the customer-service group that it concerns; "" for none
	Conversation string // becomes a link into the console; "" for none
}

// Alert has the shop's robots and mailboxes say w, those that are for its code
// and group. It is written down in app's transaction and said after the commit,
// if not at once, then later; what comes while a robot has not spoken yet is told
// with it. Where there is no robot it does nothing.
func Alert(app core.App, w Warning) error {
	if !app.IsTransactional() {
		return app.RunInTransaction(func(app core.App) error { return Alert(app, w) })
	}
	all, err := Robots(app)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(b *Robot) bool { return !b.Enabled() || !b.tells(w) })
	if len(all) == 0 {
		return nil
	}
	now, words := time.Now(), words(app, w)
	for _, b := range all {
		first, err := pending{Robot: b.Id, Code: w.Code, Text: words, Group: w.Group, Conversation: w.Conversation}.note(app, now)
		if err == nil && first {
			err = b.sayAt(app, duty{Robot: b.Id, Code: w.Code}, b.free(w.Code, PaceOf(app), now))
		}
		if err != nil {
			return fmt.Errorf("alert of %s: %w", w.Code, err)
		}
	}
	return nil
}

// words are w in the shop's language. A number that got into them in spite of
// all is masked.
func words(app core.App, w Warning) string {
	said := []rune(mask.Within(locale.In(settings.ShopOf(app).Language).T(w.Key, w.Args...)))
	return string(said[:min(len(said), mostWords)])
}

// sayAt writes down that b is to speak.
func (b *Robot) sayAt(app core.App, d duty, due time.Time) error {
	return outbox.Add(app, effectOf(b.Kind()), d, due) //nolint:wrapcheck // its caller says what was being done
}
