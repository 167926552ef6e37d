package access

import (
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
)

// Collection is the auth collection of the people who work here.
const Collection = "staff"

// Presences: may a member of staff be given conversations?
const (
	Online  = "online"
	Break   = "break"
	Offline = "offline"
)

var _ core.RecordProxy = (*Staff)(nil)

// Staff is a sub-account. What the program asks of it at every step is its
// immutable snapshot, [Person].
type Staff struct{ core.BaseRecordProxy }

// staffTrail: who is on line, and how somebody likes their screen, is told
// nowhere.
var staffTrail = audit.Fields{
	Name: "nickname", Personal: []string{"email", "phone", "real_name"},
	Ignore: []string{"verified", "emailVisibility", "presence", "presence_reason", "presence_since", "language", "theme", "password_set"},
	Turns:  map[string][2]string{"deleted": {"deleted", "restored"}, "disabled": {"disabled", "enabled"}},
	Verbs:  []string{"password_changed"},
	Tell: func(e *audit.Entry, _, _ *core.Record) bool {
		about := func(c audit.Change) bool { return c.Field == "password" || c.Field == "must_change" }
		if e.Act == "staff.updated" && !slices.ContainsFunc(e.Changes, func(c audit.Change) bool { return !about(c) }) &&
			slices.ContainsFunc(e.Changes, func(c audit.Change) bool { return c.Field == "password" }) {
			e.Act = "staff.password_changed"
		}
		return true
	},
}

func wrapStaff(r *core.Record) *Staff {
	s := &Staff{}
	s.SetProxyRecord(r)
	return s
}

// Nickname is the name that customers see.
func (s *Staff) Nickname() string { return s.GetString("nickname") }

// Phone is the second identity to sign in with, "" where there is none.
func (s *Staff) Phone() string { return s.GetString("phone") }

// Disabled accounts can do nothing.
func (s *Staff) Disabled() bool { return s.GetBool("disabled") }

// Deleted accounts are disabled for good and have nothing left but a nickname,
// for what they have said. Active → disabled → active; either → deleted.
func (s *Staff) Deleted() bool { return !s.GetDateTime("deleted").IsZero() }

func (s *Staff) roleID() string     { return s.GetString("role") }
func (s *Staff) groupIDs() []string { return s.GetStringSlice("groups") }
func (s *Staff) cap() int           { return s.GetInt("cap") }
func (s *Staff) weight() int        { return s.GetInt("weight") }
func (s *Staff) mustChange() bool   { return s.GetBool("must_change") }
func (s *Staff) presence() string   { return s.GetString("presence") }
func (s *Staff) language() string   { return s.GetString("language") }
func (s *Staff) theme() string      { return s.GetString("theme") }
func (s *Staff) realName() string   { return s.GetString("real_name") }
func (s *Staff) avatar() string     { return s.GetString("avatar") }
func (s *Staff) hasTwoStep() bool   { return !s.GetDateTime("two_step").IsZero() }

// passwordSet is when the password was set; before that was kept, with the
// account.
func (s *Staff) passwordSet() time.Time {
	if set := s.GetDateTime("password_set"); !set.IsZero() {
		return set.Time()
	}
	return s.GetDateTime("created").Time()
}

// own is what a password must not be like.
func (s *Staff) own() []string { return []string{s.Nickname(), s.realName(), s.Email(), s.Phone()} }

// newPassword is the password that is being set, "" when it stays.
func (s *Staff) newPassword() string { return s.GetString("password") }

func (s *Staff) become(n Newcomer, where place) {
	s.edit(n, where)
	s.SetVerified(true)
	s.Set("must_change", n.MustChange)
	s.Set("presence", n.Presence)
	s.Set("language", n.Language)
}

// edit changes what others may change of an account.
func (s *Staff) edit(n Newcomer, where place) {
	s.SetEmail(n.Email)
	s.Set("phone", n.Phone)
	s.Set("nickname", n.Nickname)
	s.Set("real_name", n.RealName)
	s.Set("groups", where.groups)
	s.Set("cap", n.Cap)
	s.Set("weight", n.Weight)
	s.Set("avatar", n.Avatar)
	s.take(where.role)
}

func (s *Staff) take(role string)     { s.Set("role", role) }
func (s *Staff) join(groups []string) { s.Set("groups", groups) }
func (s *Staff) depart()              { s.Set("deleted", types.NowDateTime()) }

// scrub leaves of an account what past conversations need. No password fits
// afterwards, since this is no hash of any.
func (s *Staff) scrub() {
	s.edit(Newcomer{Nickname: s.Nickname()}, place{})
	s.be(Offline, "", time.Time{})
	s.prefer("", "")
	s.disable(true)
	s.endTwoStep()
	s.Set("must_change", false)
	s.SetRaw("password", &core.PasswordFieldValue{Hash: "none"})
	s.RefreshTokenKey()
}

// normalize brings what may be written in several ways into one, and fills in
// what may be left out.
func (s *Staff) normalize() {
	if s.Deleted() {
		s.scrub()
	}
	s.SetEmail(normalEmail(s.Email()))
	s.Set("phone", normalPhone(s.Phone()))
	if s.presence() == "" {
		s.Set("presence", Offline)
	}
	if s.cap() == 0 {
		s.Set("cap", DefaultCap)
	}
	if s.weight() == 0 {
		s.Set("weight", DefaultWeight)
	}
	if s.newPassword() != "" {
		s.Set("password_set", types.NowDateTime())
	}
}

// be says it of them from now on, where it is not what they have said already.
func (s *Staff) be(status, reason string, now time.Time) {
	if s.presence() != status {
		s.Set("presence_since", now)
	}
	s.Set("presence", status)
	s.Set("presence_reason", reason)
}

func (s *Staff) prefer(language, theme string) {
	s.Set("language", language)
	s.Set("theme", theme)
}

func (s *Staff) disable(yes bool) { s.Set("disabled", yes) }

// receivePassword takes over the password that was set in from, with its hash.
func (s *Staff) receivePassword(from *Staff, mustChange bool) {
	s.SetRaw("password", from.GetRaw("password"))
	s.Set("must_change", mustChange)
}

func (s *Staff) beginTwoStep(now time.Time) { s.Set("two_step", now) }
func (s *Staff) endTwoStep()                { s.Set("two_step", nil) }

// person is the snapshot of s in role.
func (s *Staff) person(role *Role) (*Person, error) {
	p := &Person{
		ID: s.Id, Nickname: s.Nickname(), RealName: s.realName(), Email: s.Email(), Phone: s.Phone(),
		Language: s.language(), Theme: s.theme(), Presence: s.presence(), PresenceReason: s.GetString("presence_reason"),
		PresenceSince: s.GetDateTime("presence_since").Time(),
		Groups:        s.groupIDs(), Cap: s.cap(), Weight: s.weight(), Disabled: s.Disabled(), Deleted: s.Deleted(), MustChange: s.mustChange(),
		PasswordSet: s.passwordSet(), TwoStep: s.hasTwoStep(), may: map[Permission]bool{},
	}
	if avatar := s.avatar(); avatar != "" {
		p.Avatar = "/avatars/" + avatar
	}
	if role == nil {
		return p, nil
	}
	p.Role, p.RoleName, p.RoleID = role.Key(), role.Name(), role.Id
	allowed, err := role.Permissions()
	if err != nil {
		return nil, fmt.Errorf("role %s: %w", role.Id, err)
	}
	for _, a := range allowed {
		p.may[a] = true
	}
	return p, nil
}

// StaffByID returns one account, enabled or not.
func StaffByID(app core.App, id string) (*Staff, error) {
	return staffBy(app, "id", id)
}

// StaffByEmail returns the account with that sign-in address.
func StaffByEmail(app core.App, email string) (*Staff, error) {
	return staffBy(app, "email", normalEmail(email))
}

func staffBy(app core.App, field, value string) (*Staff, error) {
	s := &Staff{}
	if err := app.RecordQuery(Collection).AndWhere(dbx.HashExp{field: value}).Limit(1).One(s); err != nil {
		return nil, fmt.Errorf("staff: %w", err)
	}
	return s, nil
}

// StaffByIdentity finds who signs in as identity: an e-mail or a phone number.
// Nobody signs in as nothing, which is what those have who lack one of them.
func StaffByIdentity(app core.App, identity string) (*Staff, error) {
	if email := normalEmail(identity); email != "" {
		if s, err := staffBy(app, "email", email); err == nil {
			return s, nil
		}
	}
	phone := normalPhone(identity)
	if phone == "" {
		return nil, fmt.Errorf("staff: %w", sql.ErrNoRows)
	}
	return staffBy(app, "phone", phone)
}

// nicknamed finds who of those that are still here has the name.
func nicknamed(app core.App, name string) (*Staff, error) {
	s := &Staff{}
	if err := app.RecordQuery(Collection).AndWhere(dbx.HashExp{"nickname": name, "deleted": ""}).Limit(1).One(s); err != nil {
		return nil, fmt.Errorf("staff: %w", err)
	}
	return s, nil
}

// allStaff lists every account, deleted ones too, the oldest first.
func allStaff(app core.App) ([]*Staff, error) {
	var list []*Staff
	if err := app.RecordQuery(Collection).OrderBy("created", "id").All(&list); err != nil {
		return nil, fmt.Errorf("staff: %w", err)
	}
	return list, nil
}

// Owners counts the owners who can sign in.
func Owners(app core.App) (int, error) {
	var n int
	err := app.DB().NewQuery("SELECT COUNT(*) FROM staff s JOIN roles r ON r.id = s.role WHERE r.key = {:owner} AND s.disabled = FALSE").
		Bind(dbx.Params{"owner": Owner}).Row(&n)
	return n, err
}

func passwordHash(r *core.Record) string {
	if v, ok := r.GetRaw("password").(*core.PasswordFieldValue); ok {
		return v.Hash
	}
	return ""
}

// copyPassword gives one auth record the other's password without knowing it.
func copyPassword(to, from *core.Record) {
	to.SetRaw("password", &core.PasswordFieldValue{Hash: passwordHash(from)})
}
