// Package console serves the page in which agents work, and over JSON what the
// page needs beyond the live protocol: the desk as it stands, customers, quick
// replies, drafts, a person's own settings, the first steps of a new shop, what a
// supervisor's board shows beside that, and what one should know who goes on with
// a conversation.
//
// It reads many packages and owns little: drafts, and that the first steps were
// done. What moves by itself (conversations, presence) is the protocol's.
package console

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// Register binds the package to app.
func Register(app core.App, t *web.Table) {
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		t.Pages(e.Router, web.Route{Method: http.MethodGet, Path: "/desk", Permission: web.SignedIn, Handle: page})
		t.API(e.Router, routes(newReveals(app))...)
		return e.Next()
	})
}

func routes(r *reveals) []web.Route {
	const at = "/api/xiaoer/"
	get, post, put, patch, remove := http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete
	return []web.Route{
		{Method: get, Path: at + "desk", Permission: web.SignedIn, Handle: desk},
		{Method: put, Path: at + "desk/preferences", Permission: web.SignedIn, Handle: prefer},
		{Method: get, Path: at + "desk/qr.svg", Permission: web.SignedIn, Handle: chatQR},
		{Method: post, Path: at + "desk/first-steps/dismiss", Permission: access.SettingsEdit, Handle: dismissSteps},
		{Method: post, Path: at + "staff", Permission: access.StaffEdit, Handle: addStaff},

		{Method: get, Path: at + "customers/{id}", Permission: web.SignedIn, Handle: showCustomer},
		{Method: patch, Path: at + "customers/{id}", Permission: access.CustomersEdit, Handle: editCustomer},
		{Method: post, Path: at + "customers/{id}/reveal", Permission: access.CustomersReveal, Handle: r.reveal},
		{Method: post, Path: at + "customers/{id}/notes", Permission: access.CustomersEdit, Handle: addNote},
		{Method: remove, Path: at + "customers/{id}/notes/{note}", Permission: access.CustomersEdit, Handle: deleteNote},

		{Method: get, Path: at + "board", Permission: access.ConversationsAssign, Handle: board},
		{Method: put, Path: at + "staff/{id}/presence", Permission: access.StaffPresence, Handle: setPresence},

		{Method: get, Path: at + "conversations/{id}/handover", Permission: web.SignedIn, Handle: handover},
		{Method: put, Path: at + "conversations/{id}/priority", Permission: access.ConversationsReply, Handle: prioritize},
		{Method: put, Path: at + "conversations/{id}/emotion", Permission: access.ConversationsReply, Handle: mark},
		{Method: put, Path: at + "conversations/{id}/tags", Permission: access.ConversationsReply, Handle: setTags},
		{Method: put, Path: at + "conversations/{id}/draft", Permission: web.SignedIn, Handle: keepDraft},
		{Method: get, Path: at + "drafts", Permission: web.SignedIn, Handle: listDrafts},

		{Method: post, Path: at + "quick-replies", Permission: web.SignedIn, Handle: addQuickReply},
		{Method: patch, Path: at + "quick-replies/{id}", Permission: web.SignedIn, Handle: editQuickReply},
		{Method: remove, Path: at + "quick-replies/{id}", Permission: web.SignedIn, Handle: deleteQuickReply},
		{Method: post, Path: at + "quick-replies/{id}/used", Permission: web.SignedIn, Handle: useQuickReply},
	}
}

// named is an id with its name.
type named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}
