package quickreplies

import (
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
)

// Collection is where quick replies are kept.
const Collection = "quick_replies"

// Scope is who sees a quick reply.
type Scope string

// The shop's are everybody's; a group's its members'; a staff's their own.
const (
	Shop  Scope = "shop"
	Group Scope = "group"
	Staff Scope = "staff"
)

var _ core.RecordProxy = (*QuickReply)(nil)

// QuickReply is a text to send with a few keys.
type QuickReply struct{ core.BaseRecordProxy }

// trail: that a reply was used is no act.
var trail = audit.Fields{
	Name: "title", Ignore: []string{"uses", "used"}, Links: map[string]string{"group": "groups", "staff": "staff"},
	Turns: map[string][2]string{"deleted": {"deleted", "restored"}},
}

func wrap(r *core.Record) *QuickReply {
	q := &QuickReply{}
	q.SetProxyRecord(r)
	return q
}

// Code is what is typed after "/"; "" where the reply is found by its words only.
func (q *QuickReply) Code() string { return q.GetString("code") }

// Title is a short name, "" for none.
func (q *QuickReply) Title() string { return q.GetString("title") }

// Text is what is sent.
func (q *QuickReply) Text() string { return q.GetString("text") }

// Category is a heading to list it under, "" for none.
func (q *QuickReply) Category() string { return q.GetString("category") }

// Scope is who sees it.
func (q *QuickReply) Scope() Scope { return Scope(q.GetString("scope")) }

// Group is the group whose it is, where Scope is [Group].
func (q *QuickReply) Group() string { return q.GetString("group") }

// Staff is whose own it is, where Scope is [Staff].
func (q *QuickReply) Staff() string { return q.GetString("staff") }

// File is the id of a picture that goes with it, "" for none.
func (q *QuickReply) File() string { return q.GetString("file") }

// Uses is how often it was sent.
func (q *QuickReply) Uses() int { return q.GetInt("uses") }

// Used is when it was last sent, the zero time if never.
func (q *QuickReply) Used() time.Time { return q.GetDateTime("used").Time() }

// gone is when it was deleted, the zero time while it is there.
func (q *QuickReply) gone() time.Time { return q.GetDateTime("deleted").Time() }

func (q *QuickReply) leave()    { q.Set("deleted", types.NowDateTime()) }
func (q *QuickReply) comeBack() { q.Set("deleted", "") }

func (q *QuickReply) under(category string) { q.Set("category", strings.TrimSpace(category)) }

func (q *QuickReply) write(d Draft) {
	d = d.tidy()
	q.Set("code", d.Code)
	q.Set("title", d.Title)
	q.Set("text", d.Text)
	q.under(d.Category)
	if d.File != nil {
		q.Set("file", *d.File)
	}
}

func (q *QuickReply) belongTo(scope Scope, group, staff string) {
	q.Set("scope", string(scope))
	q.Set("group", group)
	q.Set("staff", staff)
}
