package conversations

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

func messages(app core.App, text string, params dbx.Params) ([]*Message, error) {
	rows, err := app.ConcurrentDB().NewQuery("SELECT " + text).Bind(params).Rows()
	if err != nil {
		return nil, fmt.Errorf("messages: %w", err)
	}
	return scanMessages(rows)
}

// messages are those that the transaction itself sees.
func (s *shared) messages(text string, params dbx.Params) ([]*Message, error) {
	rows, err := s.query("SELECT "+text, params).Rows() //nolint:rowserrcheck // scanMessages checks
	if err != nil {
		return nil, fmt.Errorf("messages: %w", err)
	}
	return scanMessages(rows)
}

// Timeline is a page of one conversation for staff, oldest first: at most
// [PageSize] entries before the number before.
func Timeline(app core.App, conversation string, before int64) ([]*Message, error) {
	list, err := messages(app, messageColumns+" FROM messages WHERE conversation = {:id} AND seq < {:before} ORDER BY seq DESC LIMIT {:limit}",
		dbx.Params{"id": conversation, "before": before, "limit": PageSize})
	slices.Reverse(list)
	return list, err
}

// entries are the newest of those that where finds.
func entries(app core.App, where dbx.Expression, limit int64) ([]*Message, error) {
	return entriesBy(app, where, limit, "seq DESC")
}

func entriesBy(app core.App, where dbx.Expression, limit int64, order string) ([]*Message, error) {
	rows, err := app.ConcurrentDB().Select(strings.Split(messageColumns, ", ")...).From("messages").Where(where).OrderBy(order).Limit(limit).Rows()
	if err != nil {
		return nil, fmt.Errorf("messages: %w", err)
	}
	return scanMessages(rows)
}

// Missed is the next page of the whole timeline after the number after; what a
// reader may see of it is the caller's to choose.
func Missed(app core.App, after, limit int64) ([]*Message, error) {
	return messages(app, messageColumns+" FROM messages WHERE seq > {:after} ORDER BY seq LIMIT {:limit}",
		dbx.Params{"after": after, "limit": limit})
}

// LeftAfter reports whether p or one of p's groups lost the conversation after
// the number after.
func LeftAfter(app core.App, conversation string, after int64, p *access.Person) (bool, error) {
	list, err := messages(app, messageColumns+" FROM messages WHERE conversation = {:id} AND seq > {:after} AND kind = 'event' ORDER BY seq LIMIT 200",
		dbx.Params{"id": conversation, "after": after})
	if err != nil {
		return false, err
	}
	for _, m := range list {
		d := m.Event()
		if d.FromStaff != nil && d.FromStaff.ID == p.ID || d.FromGroup != nil && p.InGroup(d.FromGroup.ID) {
			return true, nil
		}
	}
	return false, nil
}

// EntryAt is the newest entry of a conversation at or before the number seq, of
// those that visitors see where that is asked for; 0 where there is none.
func EntryAt(app core.App, conversation string, seq int64, forVisitors bool) (int64, error) {
	var at int64
	err := app.ConcurrentDB().NewQuery("SELECT COALESCE(MAX(seq), 0) FROM messages WHERE conversation = {:id} AND seq <= {:seq} AND staff_only <= {:staff}").
		Bind(dbx.Params{"id": conversation, "seq": seq, "staff": !forVisitors}).Row(&at)
	return at, err
}

// FartherThan reports whether more than most entries come after the number
// after.
func FartherThan(app core.App, after int64, most int) (bool, error) {
	var n int
	err := app.ConcurrentDB().NewQuery("SELECT COUNT(*) FROM (SELECT 1 FROM messages WHERE seq > {:after} LIMIT {:most})").
		Bind(dbx.Params{"after": after, "most": most + 1}).Row(&n)
	return n > most, err
}

// MessageByID returns one entry; not_found where there is none.
func MessageByID(app core.App, id string) (*Message, error) {
	list, err := messages(app, messageColumns+" FROM messages WHERE id = {:id}", dbx.Params{"id": id})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fail.New(fail.NotFound, "fail.not_found")
	}
	return list[0], nil
}
