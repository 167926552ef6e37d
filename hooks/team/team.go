// Package team is where those who run the shop keep the people who work in it:
// sub-accounts, roles and groups, as pages of the admin console.
//
// It decides nothing. Who may do what to whom is package access's, which every
// act here goes through and whose refusals it shows beside the field; what of
// conversations and channels hangs on a group is theirs. Initial passwords pass
// through here exactly once, into the answer of the request that made them: they
// are in no address, log, cookie or audit entry, and a reload does not bring them
// back.
package team

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

const (
	pathStaff  = "/admin/staff"
	pathRoles  = "/admin/roles"
	pathGroups = "/admin/groups"

	areaStaff  = "staff"
	areaRoles  = "roles"
	areaGroups = "groups"

	scriptTeam  = "js/admin/team.js"
	scriptHours = "js/admin/hours.js"
)

// Register binds the package to app.
func Register(app core.App, t *web.Table) {
	t.Area(web.Area{Key: areaStaff, Section: web.Team, Icon: "user-check", Path: pathStaff, Any: []web.Permission{access.StaffSee}, Find: findStaff})
	t.Area(web.Area{Key: areaRoles, Section: web.Team, Icon: "shield-lock", Path: pathRoles, Any: []web.Permission{access.RolesEdit}, Find: findRoles})
	t.Area(web.Area{Key: areaGroups, Section: web.Team, Icon: "users", Path: pathGroups, Any: []web.Permission{access.GroupsEdit}, Find: findGroups})
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		t.Pages(e.Router, staffRoutes()...)
		t.Pages(e.Router, roleRoutes()...)
		t.Pages(e.Router, groupRoutes()...)
		return e.Next()
	})
}

func staffRoutes() []web.Route {
	get, post := http.MethodGet, http.MethodPost
	return []web.Route{
		{Method: get, Path: pathStaff, Permission: access.StaffSee, Handle: staffPage},
		{Method: get, Path: pathStaff + "/new", Permission: access.StaffEdit, Handle: newStaffPage},
		{Method: post, Path: pathStaff, Permission: access.StaffEdit, Handle: addStaff},
		{Method: get, Path: pathStaff + "/import", Permission: access.StaffEdit, Handle: importPage},
		{Method: post, Path: pathStaff + "/import", Permission: access.StaffEdit, Handle: previewImport},
		{Method: post, Path: pathStaff + "/import/run", Permission: access.StaffEdit, Handle: runImport},
		{Method: get, Path: pathStaff + "/import/template.csv", Permission: access.StaffEdit, Handle: importTemplate},
		{Method: get, Path: pathStaff + "/{id}", Permission: access.StaffSee, Handle: onePage},
		{Method: post, Path: pathStaff + "/{id}", Permission: access.StaffEdit, Handle: editStaff},
		{Method: post, Path: pathStaff + "/{id}/disable", Permission: access.StaffEdit, Handle: disableStaff},
		{Method: post, Path: pathStaff + "/{id}/enable", Permission: access.StaffEdit, Handle: enableStaff},
		{Method: post, Path: pathStaff + "/{id}/delete", Permission: access.StaffEdit, Handle: deleteStaff},
		{Method: post, Path: pathStaff + "/{id}/reset-password", Permission: access.StaffEdit, Handle: resetPassword},
		{Method: post, Path: pathStaff + "/{id}/two-step/off", Permission: access.StaffEdit, Handle: dropTwoStep},
		{Method: post, Path: pathStaff + "/{id}/sign-ins/end", Permission: access.StaffEdit, Handle: endSignIn},
		{Method: post, Path: pathStaff + "/{id}/sign-ins/{sign_in}/end", Permission: access.StaffEdit, Handle: endSignIn},
	}
}

func roleRoutes() []web.Route {
	get, post := http.MethodGet, http.MethodPost
	return []web.Route{
		{Method: get, Path: pathRoles, Permission: access.RolesEdit, Handle: rolesPage},
		{Method: get, Path: pathRoles + "/new", Permission: access.RolesEdit, Handle: newRolePage},
		{Method: post, Path: pathRoles, Permission: access.RolesEdit, Handle: addRole},
		{Method: get, Path: pathRoles + "/{id}", Permission: access.RolesEdit, Handle: rolePage},
		{Method: post, Path: pathRoles + "/{id}", Permission: access.RolesEdit, Handle: editRole},
		{Method: post, Path: pathRoles + "/{id}/restore", Permission: access.RolesEdit, Handle: restoreRole},
		{Method: post, Path: pathRoles + "/{id}/delete", Permission: access.RolesEdit, Handle: deleteRole},
	}
}

func groupRoutes() []web.Route {
	get, post := http.MethodGet, http.MethodPost
	return []web.Route{
		{Method: get, Path: pathGroups, Permission: access.GroupsEdit, Handle: groupsPage},
		{Method: get, Path: pathGroups + "/new", Permission: access.GroupsEdit, Handle: newGroupPage},
		{Method: post, Path: pathGroups, Permission: access.GroupsEdit, Handle: addGroup},
		{Method: post, Path: pathGroups + "/order", Permission: access.GroupsEdit, Handle: orderGroups},
		{Method: get, Path: pathGroups + "/{id}", Permission: access.GroupsEdit, Handle: groupPage},
		{Method: post, Path: pathGroups + "/{id}", Permission: access.GroupsEdit, Handle: editGroup},
		{Method: post, Path: pathGroups + "/{id}/delete", Permission: access.GroupsEdit, Handle: deleteGroup},
	}
}
