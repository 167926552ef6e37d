package protocol

import (
	"slices"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/live"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// The codes of the protocol's own notices.
const (
	noticeQueue    = "queue"
	noticeReturned = "returned"
	noticeRights   = "rights"
)

// NoticeCodes lists every code that a notice may have, for the document's test.
var NoticeCodes = slices.Concat([]string{noticeQueue, noticeReturned, noticeRights, noticeWait, noticeLeave, noticeLeft}, notices.Codes)

// tellNotice makes frames of a notice. Whoever is named gets it; whoever may
// give conversations away gets it where they see the one that it is about.
func (d *desk) tellNotice(e *notices.TellEvent) error {
	if d.hub.Count(everybody) == 0 {
		return e.Next()
	}
	var c *conversations.Conversation
	if e.Conversation != "" {
		var err error
		if c, err = conversations.ByID(d.app, e.Conversation); err != nil {
			return err
		}
	}
	raws := map[reading][]byte{}
	d.hub.Each(everybody, func(s *live.Session) {
		to := peerOf(s)
		p := to.person.Load()
		r := reading{to.lang, c != nil && conversations.Visible(p, c)}
		supervises := e.Supervisors && p.May(access.ConversationsAssign) && (c == nil || r.sees)
		if !supervises && !slices.Contains(e.To, p.ID) {
			return
		}
		if raws[r] == nil {
			raws[r] = r.frame(e.Notice).bytes()
		}
		s.Passing(live.Now, raws[r])
	})
	return e.Next()
}

// reading is how somebody reads a notice.
type reading struct {
	lang string
	sees bool // the conversation that it is about
}

// frame is n for such a reader. Somebody who is told of what they no longer see
// is not led there.
func (r reading) frame(n notices.Notice) frame {
	f := frame{Type: typeNotice, Level: string(n.Level), Code: n.Code, Text: locale.In(r.lang).T(n.Key, n.Args...)}
	if r.sees {
		f.Conversation = n.Conversation
	}
	return f
}
