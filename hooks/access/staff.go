package access

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// DefaultCap is how many conversations somebody serves at once when nothing
// else was said.
const DefaultCap = 10

// Newcomer is what is needed of somebody who joins.
type Newcomer struct {
	Email, Phone, Nickname, RealName, Password string

	Role       string   // a preset role's key
	Groups     []string // ids, keys or names; none: every group
	Cap        int      // 0: DefaultCap
	MustChange bool     // the password, at the first sign-in
	Presence   string   // "": offline
	Language   string
}

// AddStaff makes an account that can sign in at once.
func AddStaff(app core.App, n Newcomer) (*Staff, error) {
	collection, err := app.FindCachedCollectionByNameOrId(Collection)
	if err != nil {
		return nil, err
	}
	s := wrapStaff(core.NewRecord(collection))
	if err = CheckPassword(n.Password, n.Nickname, n.Email, n.Phone); err != nil {
		return nil, err
	}
	s.SetPassword(n.Password) // takes its time, so before the transaction
	err = app.RunInTransaction(func(app core.App) (err error) {
		if err = EnsureRoles(app); err != nil {
			return err
		}
		role, err := RoleByKey(app, n.Role)
		if err != nil {
			return fail.New(fail.Invalid, "access.no_such_role", "Role", n.Role).On("role").Because(err)
		}
		groups, err := groupIDs(app, n.Groups)
		if err != nil {
			return err
		}
		s.become(n, role.Id, groups)
		return app.Save(s)
	})
	if err != nil {
		return nil, fmt.Errorf("add staff: %w", err)
	}
	return s, nil
}

// Faults says what is wrong with a newcomer, all of it, each on its field.
func Faults(app core.App, n Newcomer) ([]*fail.Error, error) {
	collection, err := app.FindCachedCollectionByNameOrId(Collection)
	if err != nil {
		return nil, err
	}
	s := wrapStaff(core.NewRecord(collection))
	s.become(n, "", nil)
	s.normalize()
	var faults []*fail.Error
	for _, check := range []func(core.App, *Staff) error{
		validNickname, validAddress, validPhone,
		func(core.App, *Staff) error { return CheckPassword(n.Password, n.Nickname, n.Email, n.Phone) },
	} {
		err := check(app, s)
		if f, ok := errors.AsType[*fail.Error](err); ok {
			faults = append(faults, f)
		} else if err != nil {
			return nil, err
		}
	}
	return faults, nil
}

func groupIDs(app core.App, words []string) ([]string, error) {
	var ids []string
	for _, word := range words {
		g, err := GroupBy(app, strings.TrimSpace(word))
		if err != nil {
			return nil, fail.New(fail.Invalid, "access.no_such_group", "Group", word).On("groups").Because(err)
		}
		ids = append(ids, g.Id)
	}
	if len(words) > 0 {
		return ids, nil
	}
	all, err := Groups(app)
	if err != nil {
		return nil, err
	}
	for _, g := range all {
		ids = append(ids, g.Id)
	}
	return ids, nil
}

// SetPresence says whether somebody may be given conversations.
func SetPresence(app core.App, id, status, reason string) error {
	return change(app, id, func(s *Staff) { s.be(status, clip(reason, 100)) })
}

// Prefer keeps in which language and theme somebody likes to see the program.
func Prefer(app core.App, id, language, theme string) error {
	return change(app, id, func(s *Staff) { s.prefer(language, theme) })
}

// Disable ends what an account may do, within a second and in every process;
// Enable gives it back. The sign-ins of a disabled account are over for good.
func Disable(app core.App, id string) error {
	return app.RunInTransaction(func(app core.App) error {
		if err := change(app, id, func(s *Staff) { s.disable(true) }); err != nil {
			return err
		}
		return EndSignIns(app, id, "")
	})
}

// Enable lets a disabled account sign in again.
func Enable(app core.App, id string) error {
	return change(app, id, func(s *Staff) { s.disable(false) })
}

func change(app core.App, id string, by func(*Staff)) error {
	s, err := StaffByID(app, id)
	if err != nil {
		return err
	}
	by(s)
	if err := app.Save(s); err != nil {
		return fmt.Errorf("change staff: %w", err)
	}
	return nil
}

// Mask hides the middle of a phone number: 138****8000.
func Mask(phone string) string {
	r := []rune(phone)
	switch {
	case len(r) >= 8:
		return string(r[:3]) + "****" + string(r[len(r)-4:])
	case len(r) > 2:
		return strings.Repeat("*", len(r)-2) + string(r[len(r)-2:])
	default:
		return strings.Repeat("*", len(r))
	}
}
