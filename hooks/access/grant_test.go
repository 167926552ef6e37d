package access_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// personnel joins somebody who keeps accounts, roles and groups and may do a
// little else, in the groups alone.
func personnel(t testing.TB, app core.App, more ...access.Permission) *access.Person {
	t.Helper()
	role, err := access.AddRole(app, nil, "人事", slices.Concat(
		[]access.Permission{access.StaffSee, access.StaffEdit, access.RolesEdit, access.GroupsEdit, access.ConversationsReply}, more))
	if err != nil {
		t.Fatal(err)
	}
	add(t, app, access.Newcomer{Email: "hr@heye.cn", Nickname: "人事小何", Role: role.Id, Groups: []string{"售后"}})
	return person(t, app, "hr@heye.cn")
}

func roleID(t testing.TB, app core.App, key string) string {
	t.Helper()
	r, err := access.RoleByKey(app, key)
	if err != nil {
		t.Fatal(err)
	}
	return r.Id
}

func groupID(t testing.TB, app core.App, key string) string {
	t.Helper()
	g, err := access.GroupBy(app, key)
	if err != nil {
		t.Fatal(err)
	}
	return g.Id
}

// profile is what an account is now, to change one thing of it.
func profile(p *access.Person) access.Profile {
	return access.Profile{Email: p.Email, Phone: p.Phone, Nickname: p.Nickname, RealName: p.RealName, Role: p.RoleID, Groups: p.Groups, Cap: p.Cap}
}

// Every intention refuses who lacks its permission, and who would grant what
// they lack or change somebody who may do more.
func TestNobodyGrantsWhatTheyLack(t *testing.T) {
	t.Parallel()
	app := shop(t)
	hr, ann, owner := personnel(t, app), person(t, app, "ann@heye.cn"), person(t, app, "owner@heye.cn")
	weak, err := access.AddRole(app, nil, "前台", []access.Permission{access.ConversationsReply})
	if err != nil {
		t.Fatal(err)
	}
	front := add(t, app, access.Newcomer{Email: "front@heye.cn", Nickname: "前台", Role: weak.Id, Groups: []string{"售后"}})
	agent, preSale, afterSale := roleID(t, app, access.Agent), groupID(t, app, access.PreSale), groupID(t, app, access.AfterSale)
	newcomer := func(role string, groups ...string) access.Newcomer {
		return access.Newcomer{Phone: "13900000000", Nickname: "新人", Password: password, Role: role, Groups: groups}
	}
	fresh := func() *access.Person { return person(t, app, "front@heye.cn") }
	for name, c := range map[string]struct {
		by  *access.Person
		act func(app core.App, by *access.Person) error
		key string
	}{
		"an agent adds": {ann, func(app core.App, by *access.Person) error {
			_, err := access.AddStaff(app, by, newcomer(weak.Id))
			return err
		}, "fail.forbidden"},
		"an agent disables":     {ann, func(app core.App, by *access.Person) error { return access.Disable(app, by, front.Id) }, "fail.forbidden"},
		"an agent deletes":      {ann, func(app core.App, by *access.Person) error { return access.DeleteStaff(app, by, front.Id) }, "fail.forbidden"},
		"an agent signs out":    {ann, func(app core.App, by *access.Person) error { return access.SignOut(app, by, front.Id, "") }, "fail.forbidden"},
		"an agent edits":        {ann, func(app core.App, by *access.Person) error { return access.EditStaff(app, by, ann.ID, profile(ann)) }, "fail.forbidden"},
		"an agent makes a role": {ann, func(app core.App, by *access.Person) error { _, err := access.AddRole(app, by, "x", nil); return err }, "fail.forbidden"},
		"an agent makes a group": {ann, func(app core.App, by *access.Person) error {
			_, err := access.AddGroup(app, by, access.GroupDraft{Name: "x"})
			return err
		}, "fail.forbidden"},
		"an agent orders groups": {ann, func(app core.App, by *access.Person) error { return access.OrderGroups(app, by, nil) }, "fail.forbidden"},

		"adds a weaker one": {hr, func(app core.App, by *access.Person) error {
			_, err := access.AddStaff(app, by, newcomer(weak.Id))
			return err
		}, ""},
		"adds a stronger one": {hr, func(app core.App, by *access.Person) error {
			_, err := access.AddStaff(app, by, newcomer(agent))
			return err
		}, "access.beyond_role"},
		"adds an owner": {hr, func(app core.App, by *access.Person) error {
			_, err := access.AddStaff(app, by, newcomer(access.Owner))
			return err
		}, "access.beyond_role"},
		"adds into a group they do not see": {hr, func(app core.App, by *access.Person) error {
			_, err := access.AddStaff(app, by, newcomer(weak.Id, preSale))
			return err
		}, "access.beyond_group"},
		"imports a stronger one": {hr, func(app core.App, by *access.Person) error {
			_, err := access.AddAllStaff(app, by, []access.Newcomer{newcomer(agent)})
			return err
		}, "access.beyond_role"},
		"edits a weaker one": {hr, func(app core.App, by *access.Person) error {
			return access.EditStaff(app, by, front.Id, profile(fresh()))
		}, ""},
		"promotes": {hr, func(app core.App, by *access.Person) error {
			p := profile(fresh())
			p.Role = agent
			return access.EditStaff(app, by, front.Id, p)
		}, "access.beyond_role"},
		"promotes themselves":    {hr, func(app core.App, by *access.Person) error { return access.SetRole(app, by, hr.ID, access.Owner) }, "access.beyond_role"},
		"edits a stronger one":   {hr, func(app core.App, by *access.Person) error { return access.EditStaff(app, by, ann.ID, profile(ann)) }, "access.beyond_person"},
		"disables an owner":      {hr, func(app core.App, by *access.Person) error { return access.Disable(app, by, owner.ID) }, "access.beyond_person"},
		"deletes a stronger one": {hr, func(app core.App, by *access.Person) error { return access.DeleteStaff(app, by, ann.ID) }, "access.beyond_person"},
		"signs an owner out":     {hr, func(app core.App, by *access.Person) error { return access.SignOut(app, by, owner.ID, "") }, "access.beyond_person"},
		"resets an owner": {hr, func(app core.App, by *access.Person) error {
			_, err := access.ResetPassword(app, by, owner.ID)
			return err
		}, "access.beyond_person"},
		"disables themselves": {hr, func(app core.App, by *access.Person) error { return access.Disable(app, by, by.ID) }, "access.not_yourself"},
		"deletes themselves":  {owner, func(app core.App, by *access.Person) error { return access.DeleteStaff(app, by, by.ID) }, "access.not_yourself"},
		"joins a group they do not see": {hr, func(app core.App, by *access.Person) error {
			p := profile(hr)
			p.Groups = []string{preSale, afterSale}
			return access.EditStaff(app, by, hr.ID, p)
		}, "access.beyond_group"},
		"brings somebody into it": {hr, func(app core.App, by *access.Person) error {
			return access.EditGroup(app, by, preSale, access.GroupDraft{Name: "售前", Members: []string{owner.ID, front.Id}})
		}, "access.beyond_group"},
		"takes an owner out of theirs": {hr, func(app core.App, by *access.Person) error {
			return access.EditGroup(app, by, afterSale, access.GroupDraft{Name: "售后", Members: []string{hr.ID, ann.ID, front.Id}})
		}, "access.beyond_person"},
		"a new group of their own": {hr, func(app core.App, by *access.Person) error {
			_, err := access.AddGroup(app, by, access.GroupDraft{Name: "新组", Members: []string{hr.ID, front.Id}})
			return err
		}, ""},
		"a role with what they lack": {hr, func(app core.App, by *access.Person) error {
			_, err := access.AddRole(app, by, "x", []access.Permission{access.ExportsMake})
			return err
		}, "access.beyond_permission"},
		"more for their own role": {hr, func(app core.App, by *access.Person) error {
			return access.EditRole(app, by, hr.RoleID, "人事", append(hr.Permissions(), access.AuditSee))
		}, "access.beyond_permission"},
		"less for a stronger role": {hr, func(app core.App, by *access.Person) error {
			return access.EditRole(app, by, agent, "客服", []access.Permission{access.ConversationsReply})
		}, "access.beyond_permission"},
		"restores a stronger preset": {hr, func(app core.App, by *access.Person) error { return access.RestoreRole(app, by, agent) }, "access.beyond_permission"},
		"the owner's role": {owner, func(app core.App, by *access.Person) error {
			return access.EditRole(app, by, roleID(t, app, access.Owner), "老板", nil)
		}, "access.role_owner_stays"},
	} {
		if err := undone(app, func(app core.App) error { return c.act(app, c.by) }); key(err) != c.key {
			t.Errorf("%s: %v, want %q", name, err, c.key)
		}
	}
}

func key(err error) string {
	if err == nil {
		return ""
	}
	return fail.Of(err).Key
}

type undoneError struct{ err error }

func (undoneError) Error() string { return "taken back" }

// undone tries an act and takes it back.
func undone(app *tests.TestApp, act func(core.App) error) (result error) {
	_ = app.RunInTransaction(func(app core.App) error {
		result = act(app)
		return undoneError{result}
	})
	return result
}

// A right counts as it is when the act commits, not as it was when the request
// came.
func TestALostRightIsLostUnderWay(t *testing.T) {
	t.Parallel()
	app := shop(t)
	hr := personnel(t, app)
	if err := access.SetRole(app, nil, hr.ID, access.ReadOnly); err != nil {
		t.Fatal(err)
	}
	if _, err := access.AddRole(app, hr, "后门", nil); key(err) != "fail.forbidden" {
		t.Errorf("with the rights of before: %v", err)
	}
	if err := access.Disable(app, nil, hr.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := access.AddRole(app, hr, "后门", nil); fail.Of(err).Kind != fail.Unauthorized {
		t.Errorf("disabled: %v", err)
	}
}

// Two owners turn on each other at the same time: one of them stays.
func TestTwoOwnersCannotEndEachOther(t *testing.T) {
	t.Parallel()
	app := shop(t)
	add(t, app, access.Newcomer{Email: "second@heye.cn", Nickname: "合伙人", Role: access.Owner})
	a, b := person(t, app, "owner@heye.cn"), person(t, app, "second@heye.cn")
	for round, act := range []func(by, whom *access.Person) error{
		func(by, whom *access.Person) error { return access.SetRole(app, by, whom.ID, access.Agent) },
		func(by, whom *access.Person) error { return access.Disable(app, by, whom.ID) },
		func(by, whom *access.Person) error { return access.DeleteStaff(app, by, whom.ID) },
	} {
		var wait sync.WaitGroup
		var errs [2]error
		wait.Go(func() { errs[0] = act(a, b) })
		wait.Go(func() { errs[1] = act(b, a) })
		wait.Wait()
		if n, err := access.Owners(app); err != nil || n != 1 || (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("round %d: %d owners, %v", round, n, errs)
		}
		if round == 2 {
			break
		}
		for _, p := range []*access.Person{a, b} {
			if err := access.Enable(app, nil, p.ID); err != nil {
				t.Fatal(err)
			}
			if err := access.SetRole(app, nil, p.ID, access.Owner); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestARoleInUseStaysAndSaysWhoHasIt(t *testing.T) {
	t.Parallel()
	app := shop(t)
	hr := personnel(t, app)
	err := access.DeleteRole(app, nil, hr.RoleID)
	if f := fail.Of(err); f.Key != "access.role_in_use" || fmt.Sprint(f.Args["Names"]) != "人事小何" {
		t.Errorf("deleted: %v %v", err, f.Args)
	}
	if err := access.DeleteStaff(app, nil, hr.ID); err != nil {
		t.Fatal(err)
	}
	if err := access.DeleteRole(app, nil, hr.RoleID); err != nil {
		t.Errorf("nobody has it: %v", err)
	}
}

func TestAPresetComesBackAsItWas(t *testing.T) {
	t.Parallel()
	app := shop(t)
	agent := roleID(t, app, access.Agent)
	before := person(t, app, "ann@heye.cn").Permissions()
	if err := access.EditRole(app, nil, agent, "管家", []access.Permission{access.AuditSee, access.ConversationsReply}); err != nil {
		t.Fatal(err)
	}
	if p := person(t, app, "ann@heye.cn"); p.RoleName != "管家" || !p.May(access.AuditSee) || p.May(access.CustomersSee) {
		t.Errorf("not in force: %s %v", p.RoleName, p.Permissions())
	}
	if err := access.RestoreRole(app, nil, agent); err != nil {
		t.Fatal(err)
	}
	if p := person(t, app, "ann@heye.cn"); p.RoleName != "客服" || !slices.Equal(p.Permissions(), before) {
		t.Errorf("restored: %s %v", p.RoleName, p.Permissions())
	}
}
