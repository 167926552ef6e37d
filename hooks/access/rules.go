package access

import (
	"database/sql"
	"errors"
	"net/mail"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

const (
	mostNickname = 20
	mostCap      = 200
)

func normalize(e *core.RecordEvent) error {
	wrapStaff(e.Record).normalize()
	return e.Next()
}

// validStaff keeps what must hold of an account whoever writes it, PocketBase's
// dashboard included, and says it beside the field.
func validStaff(e *core.RecordEvent) error {
	s := wrapStaff(e.Record)
	checks := []func(core.App, *Staff) error{validNickname, validAddress, validPhone, validPlace, validPassword, keepsAnOwner}
	for _, check := range checks {
		if err := check(e.App, s); err != nil {
			return err
		}
	}
	return e.Next()
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
	return unique(app, s, "nickname", name, "access.nickname_taken")
}

func validAddress(app core.App, s *Staff) error {
	a, err := mail.ParseAddress(s.Email())
	if err != nil || a.Address != s.Email() || len(s.Email()) > 200 {
		return fail.New(fail.Invalid, "access.email_wrong").On("email")
	}
	return unique(app, s, "email", s.Email(), "access.email_taken")
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
	return unique(app, s, "phone", phone, "access.phone_taken")
}

// validPlace checks role and cap; the schema knows the presences.
func validPlace(_ core.App, s *Staff) error {
	if s.roleID() == "" {
		return fail.New(fail.Invalid, "access.role_missing").On("role")
	}
	if s.cap() < 1 || s.cap() > mostCap {
		return fail.New(fail.Invalid, "access.cap_wrong", "Most", mostCap).On("cap")
	}
	return nil
}

// unique asks before the index does, to be able to say what is taken.
func unique(app core.App, s *Staff, field, value, key string) error {
	other, err := staffBy(app, field, value)
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

// validRole keeps roles to permissions that exist and presets to their keys.
func validRole(e *core.RecordEvent) error {
	r := wrapRole(e.Record)
	if strings.TrimSpace(r.Name()) == "" {
		return fail.New(fail.Invalid, "access.role_name_missing").On("name")
	}
	if !r.IsNew() && wrapRole(r.Original()).Key() != r.Key() {
		return fail.New(fail.Conflict, "access.role_preset").On("key")
	}
	allowed, err := r.Permissions()
	if err != nil {
		return fail.New(fail.Invalid, "access.permission_unknown", "Permission", "?").On("permissions").Because(err)
	}
	for _, p := range allowed {
		if !slices.Contains(Permissions, p) {
			return fail.New(fail.Invalid, "access.permission_unknown", "Permission", string(p)).On("permissions")
		}
	}
	return e.Next()
}

// keepRole refuses to delete a preset role, or one that somebody has.
func keepRole(e *core.RecordEvent) error {
	r := wrapRole(e.Record)
	if r.Key() != "" {
		return fail.New(fail.Conflict, "access.role_preset").On("key")
	}
	n, err := e.App.CountRecords(Collection, dbx.HashExp{"role": r.Id})
	if err != nil {
		return err
	}
	if n > 0 {
		return fail.New(fail.Conflict, "access.role_in_use").On("key")
	}
	return e.Next()
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
