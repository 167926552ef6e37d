package access

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
)

// Profile is what can be changed of an account by those who keep accounts.
type Profile struct {
	Email, Phone, Nickname, RealName string

	Role   string   // id, key or name
	Groups []string // ids, keys or names
	Cap    int
	Weight int
	Avatar string // id of a file, "" for none
}

func (p Profile) newcomer() Newcomer {
	groups := p.Groups
	if groups == nil {
		groups = []string{}
	}
	return Newcomer{Email: p.Email, Phone: p.Phone, Nickname: p.Nickname, RealName: p.RealName, Role: p.Role, Groups: groups, Cap: p.Cap, Weight: p.Weight, Avatar: p.Avatar}
}

// EditStaff changes an account. A new role is in force at once, on open
// connections too. A picture that is replaced is swept later.
func EditStaff(app core.App, by *Person, id string, p Profile) error {
	err := over(app, by, id, func(app core.App, by, target *Person) error {
		s, err := StaffByID(app, id)
		if err != nil {
			return err
		}
		n := p.newcomer()
		where := place{role: s.roleID()}
		role, err := RoleBy(app, n.Role)
		if err != nil || role.Id != where.role { // what they have may stay
			if where, err = placeOf(app, by, Newcomer{Role: n.Role, Groups: []string{}}); err != nil {
				return err
			}
		}
		if where.groups, err = groupIDs(app, by, n.Groups); err != nil {
			return err
		}
		if err := placing(by, target.Groups, where.groups); err != nil {
			return err
		}
		s.edit(n, where)
		return app.Save(s)
	})
	if err != nil {
		return fmt.Errorf("edit staff: %w", err)
	}
	return nil
}

// SetRole gives an account another role.
func SetRole(app core.App, by *Person, id, word string) error {
	err := over(app, by, id, func(app core.App, by, _ *Person) error {
		where, err := placeOf(app, by, Newcomer{Role: word, Groups: []string{}})
		if err != nil {
			return err
		}
		return change(app, id, func(s *Staff) { s.take(where.role) })
	})
	if err != nil {
		return fmt.Errorf("set role: %w", err)
	}
	return nil
}

// Disable ends what an account may do, within a second and in every process;
// Enable gives it back. The sign-ins of a disabled account are over for good.
func Disable(app core.App, by *Person, id string) error {
	return onAnother(app, by, id, func(s *Staff) { s.disable(true) })
}

// Enable lets a disabled account sign in again.
func Enable(app core.App, by *Person, id string) error {
	return onAnother(app, by, id, func(s *Staff) { s.disable(false) })
}

// DeleteStaff ends an account for good. Its nickname stays with what it has
// said, and is free for somebody else; all else that was known is scrubbed.
func DeleteStaff(app core.App, by *Person, id string) error {
	var avatar string
	err := onAnother(app, by, id, func(s *Staff) {
		avatar = s.avatar()
		s.depart()
	})
	if err != nil {
		return err
	}
	dropAvatar(app, avatar)
	return nil
}

// SignOut ends one sign-in of somebody, or, where signIn is "", all of them.
func SignOut(app core.App, by *Person, id, signIn string) error {
	return over(app, by, id, func(app core.App, _, _ *Person) error {
		if signIn == "" {
			return EndSignIns(app, id, "")
		}
		return EndSignIn(app, id, signIn)
	})
}

func onAnother(app core.App, by *Person, id string, act func(*Staff)) error {
	return over(app, by, id, func(app core.App, by, target *Person) error {
		if err := another(by, target); err != nil {
			return err
		}
		return change(app, id, act)
	})
}

// over runs act in a transaction with who acts and on whom as of it, and refuses
// who may not.
func over(app core.App, by *Person, id string, act func(app core.App, by, target *Person) error) error {
	return as(app, by, StaffEdit, func(app core.App, by *Person) error {
		target, err := Present(app, id)
		if err != nil {
			return err
		}
		if err := MayManage(by, target); err != nil {
			return err
		}
		return act(app, by, target)
	})
}
