package escalation

import (
	"cmp"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// act does what the rule says with c. What is no longer there (a group, a tag, a
// person) is left out, and the rest is done.
func (r *armed) act(tx *conversations.Tx, c *conversations.Conversation, because []reason) error {
	fired := conversations.EventData{Event: conversations.Escalation, Rule: &conversations.Named{ID: r.id, Name: r.name}}
	if err := tx.Tell(c, fired); err != nil {
		return err
	}
	for _, do := range []func(*conversations.Tx, *conversations.Conversation) error{r.prioritize, r.tag, r.hand} {
		if err := do(tx, c); err != nil {
			return err
		}
	}
	if err := r.note(tx, c, because); err != nil {
		return err
	}
	return r.notify(tx, c, because)
}

// prioritize raises the priority. It never takes one back that is higher; low is
// for what was nothing special.
func (r *armed) prioritize(tx *conversations.Tx, c *conversations.Conversation) error {
	to := slices.Index(conversations.Priorities, r.then.Priority)
	is := slices.Index(conversations.Priorities, cmp.Or(c.Priority, normal))
	lowers := r.then.Priority == low && c.Priority == normal
	if c.Status == conversations.Closed || to < 0 || to < is && !lowers {
		return nil
	}
	return tx.Prioritize(c, conversations.System(), r.then.Priority)
}

const (
	low    = "low"
	normal = "normal"
	high   = "high"
	urgent = "urgent"
)

func (r *armed) tag(tx *conversations.Tx, c *conversations.Conversation) error {
	if len(r.then.Tags) == 0 {
		return nil
	}
	return tx.AddTags(c, r.then.Tags)
}

// hand gives c to the rule's person, or lets it wait in its group. Where they are
// not there or have no room it waits in the rule's group, or else in one of
// theirs. Somebody who serves goes on where nobody of the group is there, and
// what is closed stays where it is.
func (r *armed) hand(tx *conversations.Tx, c *conversations.Conversation) error {
	if c.Status == conversations.Closed || r.then.Staff == "" && r.then.Group == "" {
		return nil
	}
	group, err := r.group(tx)
	if err != nil {
		return err
	}
	p, err := r.person(tx)
	if err != nil {
		return err
	}
	if p != nil {
		if c.Assignee == p.ID {
			return nil
		}
		free, err := isFree(tx, p)
		if err != nil {
			return err
		}
		if free {
			return tx.Give(c, p, conversations.System(), conversations.OfRule)
		}
		group = cmp.Or(group, groupOf(p, c.Group))
	}
	return moveTo(tx, c, group)
}

// moveTo lets c wait in the group, unless it is there already, or is served and
// nobody would take it.
func moveTo(tx *conversations.Tx, c *conversations.Conversation, group string) error {
	if group == "" || group == c.Group && c.Status != conversations.WithBot {
		return nil
	}
	if c.Assignee != "" {
		if there, err := routing.Staffed(tx.App, group, c.Assignee, tx.Now); err != nil || !there {
			return err
		}
	}
	if c.WaitingSince.IsZero() && c.Status == conversations.WithBot {
		c.WaitingSince = tx.Now // the question had its answer; now it waits for a person
	}
	return tx.QueueIn(c, group, conversations.OfRule)
}

// group is the one that the rule hands to, "" where it is not there any more.
func (r *armed) group(tx *conversations.Tx) (string, error) {
	if r.then.Group == "" {
		return "", nil
	}
	_, err := access.GroupByID(tx.App, r.then.Group)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return r.then.Group, err
}

// person is whom the rule gives to, nil where they may not serve any more.
func (r *armed) person(tx *conversations.Tx) (*access.Person, error) {
	if r.then.Staff == "" {
		return nil, nil //nolint:nilnil // nobody is an ordinary answer
	}
	p, err := access.ByID(tx.App, r.then.Staff)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // as above
	}
	if err != nil {
		return nil, err
	}
	if !serves(p) {
		return nil, nil //nolint:nilnil // as above
	}
	return p, nil
}

// serves reports whether somebody may be given conversations at all.
func serves(p *access.Person) bool {
	return !p.Disabled && !p.Deleted && p.May(access.ConversationsReply)
}

// isFree reports whether p is there and has room. Who may have more than their cap
// takes that upon themselves; a rule does not.
func isFree(tx *conversations.Tx, p *access.Person) (bool, error) {
	if routing.PresenceAt(tx.App, p, tx.Now) != routing.Online {
		return false, nil
	}
	loads, err := conversations.Load(tx.App)
	return loads[p.ID] < p.Cap, err
}

// groupOf is one of p's groups: the one that it is in already, if that is theirs.
func groupOf(p *access.Person, now string) string {
	if len(p.Groups) == 0 || p.InGroup(now) {
		return now
	}
	return p.Groups[0]
}

// note writes the rule's words for whoever takes over, in the shop's language.
func (r *armed) note(tx *conversations.Tx, c *conversations.Conversation, because []reason) error {
	if r.then.Note == "" {
		return nil
	}
	say := locale.In(settings.ShopOf(tx.App).Language)
	text := strings.NewReplacer("{规则}", r.name, "{rule}", r.name, "{原因}", why(say, because), "{reason}", why(say, because)).Replace(r.then.Note)
	if runes := []rune(text); len(runes) > conversations.TextMost {
		text = string(runes[:conversations.TextMost])
	}
	return tx.Note(c, conversations.Author{Kind: conversations.FromSystem, Name: r.name}, text)
}

// why are the reasons as one sentence.
func why(say locale.Speaker, because []reason) string {
	list := make([]string, len(because))
	for i, b := range because {
		list[i] = say.T("escalation.why_"+b.key, b.args...)
	}
	return strings.Join(list, say.T("escalation.and"))
}

// notify tells those whom the rule names. What it says is the rule's name and
// the reason that matters most: nothing that the customer has written.
func (r *armed) notify(tx *conversations.Tx, c *conversations.Conversation, because []reason) error {
	main := because[0]
	for _, b := range because {
		if b.key != "channel" && b.key != "group" {
			main = b
			break
		}
	}
	key, args := "escalation.notice_"+main.key, append([]any{"Rule", r.name}, main.args...)
	n := notices.Notice{Level: notices.Warn, Code: notices.Rule, Key: key, Args: args, Conversation: c.ID, Supervisors: r.then.Supervisors}
	if r.then.Priority == urgent {
		n.Level = notices.Alarm
	}
	if r.then.Assignee && c.Assignee != "" {
		n.To = []string{c.Assignee}
	}
	if n.Supervisors || len(n.To) > 0 {
		if err := notices.Tell(tx.App, n); err != nil {
			return err
		}
	}
	if !r.then.Robots {
		return nil
	}
	return notices.Alert(tx.App, notices.Warning{Code: notices.Rule, Key: key, Args: args, Group: c.Group, Conversation: c.ID})
}
