package conversations

import (
	"time"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

const (
	commentMost = 500
	rateWithin  = 7 * 24 * time.Hour // a closed conversation is offered for rating this long
	rerateFor   = 24 * time.Hour     // a rating may be changed so long after it was given first
)

// Rating is what a customer says of a conversation.
type Rating struct {
	Score    int   // 1–5
	Resolved *bool // was it solved?
	Comment  string
}

// Rate records the contact's rating of one of their conversations. It is asked
// once: the same again is fine, another one replaces it within a day, and is a
// conflict from then on. Whoever looks sees the newest; the score that was given
// first stays beside it. Errors: invalid, too_long, not_found, conflict.
func Rate(app core.App, contact Speaker, conversation string, r Rating) error {
	if err := r.check(); err != nil {
		return err
	}
	resolved := r.resolved()
	return Write(app, func(tx *Tx) error {
		c, err := tx.Conversation(conversation)
		if err != nil {
			return err
		}
		if c.Contact != contact.ContactID() {
			return fail.New(fail.NotFound, "fail.not_found").On("conversation")
		}
		if c.Rating == r.Score && c.Resolved == resolved && c.RatingComment == r.Comment {
			return nil
		}
		if c.Rating == 0 {
			c.FirstRating, c.Rated = r.Score, tx.Now
		} else if tx.Now.Sub(c.Rated) >= rerateFor {
			return fail.New(fail.Conflict, "conversations.rated")
		}
		data := EventData{Event: Rated, Score: r.Score, WasScore: c.Rating, Resolved: r.Resolved, Comment: r.Comment}
		c.Rating, c.Resolved, c.RatingComment = r.Score, resolved, r.Comment
		if _, err := tx.event(c, Visitor(contact), "", "", data); err != nil {
			return err
		}
		tx.Save(c)
		return nil
	})
}

func (r Rating) check() error {
	if r.Score < 1 || r.Score > 5 {
		return fail.New(fail.Invalid, "conversations.score").On("score")
	}
	if utf8.RuneCountInString(r.Comment) > commentMost {
		return fail.New(fail.TooLong, "fail.too_long", "Most", commentMost).On("comment")
	}
	return nil
}

// resolved is "yes", "no", or "" where they do not say.
func (r Rating) resolved() string {
	if r.Resolved == nil {
		return ""
	}
	return map[bool]string{true: "yes", false: "no"}[*r.Resolved]
}

// ToRate is the contact's newest conversation where it is closed, was served by
// a person, is not rated yet and ended within the last week; nil otherwise.
func ToRate(app core.App, contact string, now time.Time) (*Conversation, error) {
	c, err := Latest(app, contact)
	if err != nil || c == nil {
		return nil, err
	}
	if c.Status != Closed || c.Assignee == "" || c.Rating != 0 || now.Sub(c.Closed) > rateWithin {
		return nil, nil //nolint:nilnil // nothing to rate is an ordinary answer
	}
	return c, nil
}
