package access

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// DefaultCap is how many conversations somebody serves at once when nothing
// else was said.
const DefaultCap = 10

// DefaultWeight is the share of what comes in that everybody begins with:
// somebody of twice the weight is given twice as much.
const DefaultWeight = 5

// Newcomer is what is needed of somebody who joins.
type Newcomer struct {
	Email, Phone, Nickname, RealName, Password string // e-mail or phone; an owner needs the e-mail

	Role       string   // id, key or name
	Groups     []string // ids, keys or names; nil: every group that the one who adds them may give
	Cap        int      // 0: DefaultCap
	Weight     int      // 0: DefaultWeight
	Avatar     string   // id of a file, "" for none
	MustChange bool     // the password, at the first sign-in
	Presence   string   // "": offline
	Language   string
}

// FirstPassword is 60 random bits in letters and digits, in groups to read out.
func FirstPassword() string {
	text := strings.ToLower(rand.Text())
	return text[:4] + "-" + text[4:8] + "-" + text[8:12]
}

// own is what their password must not be like.
func (n *Newcomer) own() []string { return []string{n.Nickname, n.RealName, n.Email, n.Phone} }

// AddStaff makes an account that can sign in at once.
func AddStaff(app core.App, by *Person, n Newcomer) (*Staff, error) {
	s, err := drawUp(app, n)
	if err != nil {
		return nil, err
	}
	err = as(app, by, StaffEdit, func(app core.App, by *Person) error { return enrol(app, by, []*Staff{s}, []Newcomer{n}) })
	if err != nil {
		return nil, fmt.Errorf("add staff: %w", err)
	}
	return s, nil
}

// AddAllStaff makes all of the accounts or none of them. A failure says by its
// index whose it is.
func AddAllStaff(app core.App, by *Person, list []Newcomer) ([]*Staff, error) {
	all := make([]*Staff, len(list))
	for i, n := range list {
		s, err := drawUp(app, n)
		if err != nil {
			return nil, &RefusedError{At: i, Err: err}
		}
		all[i] = s
	}
	err := as(app, by, StaffEdit, func(app core.App, by *Person) error { return enrol(app, by, all, list) })
	if err != nil {
		return nil, fmt.Errorf("add staff: %w", err)
	}
	return all, nil
}

// RefusedError says which of several newcomers could not be added.
type RefusedError struct {
	At  int
	Err error
}

func (r *RefusedError) Error() string { return fmt.Sprintf("newcomer %d: %v", r.At, r.Err) }
func (r *RefusedError) Unwrap() error { return r.Err }

// drawUp makes the record with its password, whose hash takes its time, so this
// is done before the transaction.
func drawUp(app core.App, n Newcomer) (*Staff, error) {
	collection, err := app.FindCachedCollectionByNameOrId(Collection)
	if err != nil {
		return nil, err
	}
	s := wrapStaff(core.NewRecord(collection))
	if err = CheckPassword(app, n.Password, n.own()...); err != nil {
		return nil, err
	}
	s.SetPassword(n.Password)
	return s, nil
}

func enrol(app core.App, by *Person, all []*Staff, list []Newcomer) error {
	if err := EnsureRoles(app); err != nil {
		return err
	}
	for i, n := range list {
		where, err := placeOf(app, by, n)
		if err != nil {
			return &RefusedError{At: i, Err: err}
		}
		all[i].become(n, where)
		if err := app.Save(all[i]); err != nil {
			return &RefusedError{At: i, Err: err}
		}
	}
	return nil
}

// place is where in the shop somebody stands, by ids.
type place struct {
	role   string
	groups []string
}

// placeOf looks up what n says and refuses what by may not give.
func placeOf(app core.App, by *Person, n Newcomer) (place, error) {
	role, err := RoleBy(app, n.Role)
	if err != nil {
		if n.Role == "" {
			return place{}, fail.New(fail.Invalid, "access.role_missing").On("role")
		}
		return place{}, fail.New(fail.Invalid, "access.no_such_role", "Role", n.Role).On("role").Because(err)
	}
	if err = MayGive(by, role); err != nil {
		return place{}, err
	}
	groups, err := groupIDs(app, by, n.Groups)
	if err != nil {
		return place{}, err
	}
	return place{role.Id, groups}, placing(by, nil, groups)
}

// Faults says what is wrong with a newcomer, all of it, each on its field. A role
// that is left out is none: a new shop has no roles yet.
func Faults(app core.App, by *Person, n Newcomer) ([]*fail.Error, error) {
	collection, err := app.FindCachedCollectionByNameOrId(Collection)
	if err != nil {
		return nil, err
	}
	s := wrapStaff(core.NewRecord(collection))
	var faults []*fail.Error
	note := func(err error) error {
		if f, ok := errors.AsType[*fail.Error](err); ok {
			faults = append(faults, f)
			return nil
		}
		return err
	}
	var where place
	if n.Role != "" {
		where, err = placeOf(app, by, n)
		if err = note(err); err != nil {
			return nil, err
		}
	}
	s.become(n, where)
	s.normalize()
	for _, check := range []func(core.App, *Staff) error{
		validNickname, validRealName, validEmail, validPhone, validReach, validCap, validWeight,
		func(core.App, *Staff) error { return CheckPassword(app, n.Password, n.own()...) },
	} {
		if err = note(check(app, s)); err != nil {
			return nil, err
		}
	}
	return faults, nil
}

// groupIDs looks groups up; nil words are all those that by may give.
func groupIDs(app core.App, by *Person, words []string) ([]string, error) {
	ids := []string{}
	for _, word := range words {
		g, err := GroupBy(app, strings.TrimSpace(word))
		if err != nil {
			return nil, fail.New(fail.Invalid, "access.no_such_group", "Group", word).On("groups").Because(err)
		}
		ids = append(ids, g.Id)
	}
	if words != nil {
		return ids, nil
	}
	all, err := Groups(app)
	if err != nil {
		return nil, err
	}
	for _, g := range all {
		if MayPlace(by, g.Id) == nil {
			ids = append(ids, g.Id)
		}
	}
	return ids, nil
}

// Prefer keeps in which language and theme somebody likes to see the program.
func Prefer(app core.App, id, language, theme string) error {
	return change(app, id, func(s *Staff) { s.prefer(language, theme) })
}

// change reads and writes in one transaction: a record is saved with all of its
// fields, and one that was read before would take back what was changed
// meanwhile, such as that the account is disabled.
func change(app core.App, id string, by func(*Staff)) error {
	err := app.RunInTransaction(func(app core.App) error {
		s, err := StaffByID(app, id)
		if err != nil {
			return err
		}
		by(s)
		return app.Save(s)
	})
	if err != nil {
		return fmt.Errorf("change staff: %w", err)
	}
	return nil
}

// Reach is what somebody signs in with: their e-mail, else their phone.
func (p *Person) Reach() string { return cmp.Or(p.Email, p.Phone) }
