package access

import (
	"database/sql"
	"errors"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/files"
)

const (
	mostNickname = 20
	mostRealName = 30
	mostCap      = 200
	mostWeight   = 10
)

func normalize(e *core.RecordEvent) error {
	wrapStaff(e.Record).normalize()
	return e.Next()
}

// validStaff keeps what must hold of an account whoever writes it, PocketBase's
// dashboard included, and says it beside the field. Of a deleted one only the
// end has to be kept.
func validStaff(e *core.RecordEvent) error {
	s := wrapStaff(e.Record)
	checks := []func(core.App, *Staff) error{
		staysDeleted, validNickname, validRealName, validEmail, validPhone, validReach, hasRole, validCap, validWeight, validAvatar, validPassword, keepsAnOwner,
	}
	if s.Deleted() {
		checks = []func(core.App, *Staff) error{keepsAnOwner}
	}
	for _, check := range checks {
		if err := check(e.App, s); err != nil {
			return err
		}
	}
	return e.Next()
}

func staysDeleted(_ core.App, s *Staff) error {
	if !s.IsNew() && wrapStaff(s.Original()).Deleted() {
		return fail.New(fail.Conflict, "access.deleted_stays").On("deleted")
	}
	return nil
}

func validNickname(app core.App, s *Staff) error {
	name := s.Nickname()
	switch {
	case strings.TrimSpace(name) == "":
		return fail.New(fail.Invalid, "access.nickname_missing").On("nickname")
	case utf8.RuneCountInString(name) > mostNickname:
		return fail.New(fail.Invalid, "access.nickname_long", "Most", mostNickname).On("nickname")
	case strings.ContainsFunc(name, unicode.IsControl) || strings.TrimSpace(name) != name:
		return fail.New(fail.Invalid, "access.nickname_odd").On("nickname")
	}
	other, err := nicknamed(app, name)
	return free(other, err, s, "nickname", "access.nickname_taken")
}

func validRealName(_ core.App, s *Staff) error {
	name := s.realName()
	if utf8.RuneCountInString(name) > mostRealName {
		return fail.New(fail.Invalid, "access.real_name_long", "Most", mostRealName).On("real_name")
	}
	if strings.ContainsFunc(name, unicode.IsControl) {
		return fail.New(fail.Invalid, "access.nickname_odd").On("real_name")
	}
	return nil
}

func validEmail(app core.App, s *Staff) error {
	if s.Email() == "" {
		return nil
	}
	a, err := mail.ParseAddress(s.Email())
	if err != nil || a.Address != s.Email() || len(s.Email()) > 200 {
		return fail.New(fail.Invalid, "access.email_wrong").On("email")
	}
	other, err := staffBy(app, "email", s.Email())
	return free(other, err, s, "email", "access.email_taken")
}

func validPhone(app core.App, s *Staff) error {
	phone := s.Phone()
	if phone == "" {
		return nil
	}
	digits := strings.TrimPrefix(phone, "+")
	if len(digits) < 5 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return fail.New(fail.Invalid, "access.phone_wrong").On("phone")
	}
	other, err := staffBy(app, "phone", phone)
	return free(other, err, s, "phone", "access.phone_taken")
}

// validReach asks for one of both to sign in with, and of an owner for the
// e-mail, which is what the dashboard knows them by.
func validReach(app core.App, s *Staff) error {
	if s.Email() != "" {
		return nil
	}
	if s.Phone() == "" {
		return fail.New(fail.Invalid, "access.reach_missing").On("email")
	}
	owner, err := RoleByKey(app, Owner)
	if err == nil && s.roleID() == owner.Id {
		return fail.New(fail.Invalid, "access.owner_email").On("email")
	}
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

func hasRole(_ core.App, s *Staff) error {
	if s.roleID() == "" {
		return fail.New(fail.Invalid, "access.role_missing").On("role")
	}
	return nil
}

// validCap checks how many; the schema knows the presences.
func validCap(_ core.App, s *Staff) error {
	if s.cap() < 1 || s.cap() > mostCap {
		return fail.New(fail.Invalid, "access.cap_wrong", "Most", mostCap).On("cap")
	}
	return nil
}

func validWeight(_ core.App, s *Staff) error {
	if s.weight() < 1 || s.weight() > mostWeight {
		return fail.New(fail.Invalid, "access.weight_wrong", "Most", mostWeight).On("weight")
	}
	return nil
}

// validAvatar keeps to pictures that were stored as such: everybody may see an
// avatar, nobody else's file may become one.
func validAvatar(app core.App, s *Staff) error {
	if s.avatar() == "" || !s.IsNew() && wrapStaff(s.Original()).avatar() == s.avatar() {
		return nil
	}
	f, err := files.ByID(app, s.avatar())
	if err != nil || f.Purpose() != files.ForAvatar {
		return fail.New(fail.Invalid, "access.avatar_gone").On("avatar").Because(err)
	}
	return nil
}

// free says what is taken before the index does. other is who has it, by err
// nobody.
func free(other *Staff, err error, s *Staff, field, key string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if other.Id != s.Id {
		return fail.New(fail.Conflict, key).On(field)
	}
	return nil
}

// keepsAnOwner refuses the change after which nobody could administer the shop.
func keepsAnOwner(app core.App, s *Staff) error {
	if s.IsNew() {
		return nil
	}
	before := wrapStaff(s.Original())
	owner, err := RoleByKey(app, Owner)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	was := before.roleID() == owner.Id && !before.Disabled()
	is := s.roleID() == owner.Id && !s.Disabled()
	if !was || is {
		return nil
	}
	return otherOwner(app)
}

func otherOwner(app core.App) error {
	n, err := Owners(app)
	if err != nil {
		return err
	}
	if n <= 1 {
		return fail.New(fail.Conflict, "access.last_owner").On("role")
	}
	return nil
}

// keepOwner is the same rule for a deletion.
func keepOwner(e *core.RecordEvent) error {
	s := wrapStaff(e.Record)
	owner, err := RoleByKey(e.App, Owner)
	if err == nil && s.roleID() == owner.Id && !s.Disabled() {
		if err := otherOwner(e.App); err != nil {
			return err
		}
	}
	return e.Next()
}

// endOnLeaving ends the sign-ins of whoever is disabled or deleted, whoever did
// it, and the tokens that PocketBase's own endpoints would take.
func endOnLeaving(e *core.RecordEvent) error {
	s := wrapStaff(e.Record)
	left := s.Disabled() && !wrapStaff(s.Original()).Disabled()
	if left {
		s.RefreshTokenKey()
	}
	if err := e.Next(); err != nil || !left {
		return err
	}
	if err := forgetUnfinished(e.App, s.Id); err != nil {
		return err
	}
	return endWhere(e.App, s.Id, whyDisabled, all)
}

func normalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func normalPhone(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("-().", r) {
			return -1
		}
		return r
	}, s)
}

// onlyBySigningIn keeps the dashboard from making a sign-in, or from giving one
// to somebody else: whoever did could act in a colleague's name.
func onlyBySigningIn(*core.RecordRequestEvent) error {
	return fail.New(fail.Forbidden, "signin.only_by_signing_in")
}
