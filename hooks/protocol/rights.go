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
	for _, view := range []string{"waiting", "open", "bot", "later"} {
		if err := d.hideView(s, view, old, now); err != nil {
			d.app.Logger().Error("conversations to hide", "error", err)
		}
	}
	s.Passing(live.Now, frame{Type: typeNotice, Level: string(notices.Info), Code: noticeRights, Text: say(peerOf(s).lang, "protocol.rights")}.bytes())
}

func (d *desk) hideView(s *live.Session, view string, old, now *access.Person) error {
	before := int64(1 << 62)
	for {
		list, err := conversations.InView(d.app, old, view, before)
		if err != nil {
			return err
		}
		for _, c := range list {
			if !conversations.Visible(now, c) {
				s.State(live.Now, func() []byte { return goneFrame(c.ID) })
			}
		}
		if len(list) < conversations.PageSize {
			return nil
		}
		before = list[0].LastSeq
	}
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
