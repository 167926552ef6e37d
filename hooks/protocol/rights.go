package protocol

import (
	"reflect"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/live"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// hideMoved is [desk.hideFrom] where the rights have moved. A session that catches up
// hears nothing of it, and is told again when it has.
func (d *desk) hideMoved(s *live.Session, old, now *access.Person) {
	if !reflect.DeepEqual(old.Groups, now.Groups) || !reflect.DeepEqual(old.Permissions(), now.Permissions()) {
		d.hideFrom(s, old, now)
	}
}

// hideFrom tells a session whose rights have changed which conversations are no
// longer theirs to see, and that it had better look again at what it may do.
// Closed ones stay on its screen until then.
func (d *desk) hideFrom(s *live.Session, old, now *access.Person) {
	list, err := conversations.GoingOn(d.app)
	if err != nil {
		d.app.Logger().Error("conversations to hide", "error", err)
	}
	for _, c := range list {
		if conversations.Visible(old, c) && !conversations.Visible(now, c) {
			s.State(live.Now, func() []byte { return goneFrame(c.ID) })
		}
	}
	s.Passing(live.Now, frame{Type: typeNotice, Level: string(notices.Info), Code: noticeRights, Text: say(peerOf(s).lang, "protocol.rights")}.bytes())
}

// tellReturned tells those who see them that conversations of somebody who may
// no longer serve wait again, and how many.
func (d *desk) tellReturned(e *routing.ReturnedEvent) error {
	d.hub.Each(everybody, func(s *live.Session) {
		to := peerOf(s)
		p, count := to.person.Load(), 0
		for _, c := range e.Back.Conversations {
			if conversations.Visible(p, c) {
				count++
			}
		}
		if count == 0 || p.ID == e.Back.Staff.ID {
			return
		}
		text := locale.In(to.lang).T("protocol.returned_"+e.Back.Reason, "Name", e.Back.Staff.Name, "Count", count)
		s.Passing(live.Now, frame{Type: typeNotice, Level: string(notices.Warn), Code: noticeReturned, Text: text}.bytes())
	})
	return e.Next()
}
