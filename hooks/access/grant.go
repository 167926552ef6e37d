package access

import (
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// What this file decides holds for every intention of this package: nobody
// grants what they lack, and nobody has power over somebody who may do more than
// they themselves. by is who acts; nil is the machine's own command line, whose
// user has the data folder anyway.

var errForbidden = fail.New(fail.Forbidden, "fail.forbidden")

// as runs act in a transaction, with by as of it, so that a right that was lost
// since the request began is lost here too. Who lacks perm is refused.
func as(app core.App, by *Person, perm Permission, act func(app core.App, by *Person) error) error {
	return app.RunInTransaction(func(app core.App) error {
		if by == nil {
			return act(app, nil)
		}
		fresh, err := ByID(app, by.ID)
		if err != nil || fresh.Disabled {
			return errSignedOut
		}
		if !fresh.May(perm) {
			return errForbidden
		}
		return act(app, fresh)
	})
}

// Lacks lists what of list by may not do themselves.
func Lacks(by *Person, list []Permission) []Permission {
	if by == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(list), by.May)
}

// MayGrant refuses to put into a role what by may not do themselves.
func MayGrant(by *Person, list []Permission) error {
	if len(Lacks(by, list)) > 0 {
		return fail.New(fail.Forbidden, "access.beyond_permission").On("permissions")
	}
	return nil
}

// MayGive refuses to give somebody a role that allows what by may not do. An
// owner is more than the sum of their permissions, the dashboard is theirs as
// well: only owners make owners.
func MayGive(by *Person, role *Role) error {
	allowed, err := role.Permissions()
	if err != nil {
		return err
	}
	if by != nil && (len(Lacks(by, allowed)) > 0 || role.Key() == Owner && by.Role != Owner) {
		return fail.New(fail.Forbidden, "access.beyond_role").On("role")
	}
	return nil
}

// MayManage refuses to edit, disable, reset or delete somebody who may do more
// than by.
func MayManage(by, target *Person) error {
	if by == nil || by.ID == target.ID {
		return nil
	}
	if target.Role == Owner && by.Role != Owner || len(Lacks(by, target.Permissions())) > 0 {
		return fail.New(fail.Forbidden, "access.beyond_person", "Name", target.Nickname)
	}
	return nil
}

// MustBeOwner refuses everybody but owners what would make an owner of whoever
// does it: to choose where the links to new passwords go, or to put other data,
// with other accounts, in the place of the shop's.
func MustBeOwner(by *Person) error {
	if by != nil && by.Role != Owner {
		return fail.New(fail.Forbidden, "access.owners_only")
	}
	return nil
}

// MayPlace refuses to bring people, by themselves included, into a group whose
// conversations by does not see: being in a group is a right to see them.
// Leaving one is nobody's gain and always allowed.
func MayPlace(by *Person, group string) error {
	if by == nil || by.May(ConversationsSeeAll) || by.InGroup(group) {
		return nil
	}
	return fail.New(fail.Forbidden, "access.beyond_group").On("groups")
}

// MayDissolve refuses to hand on the conversations of a group that by does not
// see: by could be the one whom they are handed to.
func MayDissolve(by *Person, group string) error {
	if MayPlace(by, group) != nil {
		return fail.New(fail.Forbidden, "access.group_unseen")
	}
	return nil
}

// placing is [MayPlace] for each of the groups that are new.
func placing(by *Person, before, after []string) error {
	for _, id := range after {
		if slices.Contains(before, id) {
			continue
		}
		if err := MayPlace(by, id); err != nil {
			return err
		}
	}
	return nil
}

// another refuses what nobody does to themselves: they would lock themselves
// out, or hand themselves a password that others have seen.
func another(by, target *Person) error {
	if by != nil && by.ID == target.ID {
		return fail.New(fail.Conflict, "access.not_yourself")
	}
	return nil
}
