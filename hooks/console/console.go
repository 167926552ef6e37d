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
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// deskAt is the console's page.
const deskAt = "/desk"

// Register binds the package to app.
func Register(app core.App, t *web.Table) {
	customers.OnErase(app).BindFunc(func(e *customers.EraseEvent) error {
		if err := e.Delete(collectionDrafts, collectionDrafts, "conversation", e.Conversations); err != nil {
			return err
		}
		return e.Next()
	})
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		t.Pages(e.Router, web.Route{Method: http.MethodGet, Path: deskAt, Permission: web.SignedIn, Handle: page},
			web.Route{Method: http.MethodGet, Path: manifestPath, Permission: web.Anyone, Handle: install})
		t.API(e.Router, append(routes(panels{t}), customerRoutes(newReveals(app))...)...)
		return e.Next()
	})
}

func routes(p panels) []web.Route {
	const at = "/api/xiaoer/"
	get, post, put, patch, remove := http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete
	return []web.Route{
		{Method: get, Path: at + "desk", Permission: web.SignedIn, Handle: p.desk},
		{Method: get, Path: at + "desk/areas", Permission: web.SignedIn, Handle: areas(p.table)},
		{Method: put, Path: at + "desk/preferences", Permission: web.SignedIn, Handle: prefer},
		{Method: get, Path: at + "desk/readings", Permission: web.SignedIn, Handle: readings},
		{Method: get, Path: at + "desk/qr.svg", Permission: web.SignedIn, Handle: chatQR},
		{Method: post, Path: at + "desk/first-steps/dismiss", Permission: access.SettingsEdit, Handle: dismissSteps},
		{Method: post, Path: at + "staff", Permission: access.StaffEdit, Handle: addStaff},

		{Method: get, Path: at + "board", Permission: access.ConversationsAssign, Handle: board},
		{Method: put, Path: at + "staff/{id}/presence", Permission: access.StaffPresence, Handle: setPresence},

		{Method: get, Path: at + "conversations/{id}/handover", Permission: web.SignedIn, Handle: handover},
		{Method: put, Path: at + "conversations/{id}/priority", Permission: access.ConversationsReply, Handle: marks(prioritize)},
		{Method: put, Path: at + "conversations/{id}/emotion", Permission: access.ConversationsReply, Handle: marks(feel)},
		{Method: put, Path: at + "conversations/{id}/later", Permission: access.ConversationsReply, Handle: marks(putOff)},
		{Method: remove, Path: at + "conversations/{id}/later", Permission: access.ConversationsReply, Handle: bringBack},
		{Method: put, Path: at + "conversations/{id}/unread", Permission: access.ConversationsReply, Handle: marks(setUnread)},
		{Method: put, Path: at + "conversations/{id}/tags", Permission: access.ConversationsReply, Handle: marks(setTags)},
		{Method: put, Path: at + "conversations/{id}/draft", Permission: web.SignedIn, Handle: keepDraft},
		{Method: get, Path: at + "conversations/{id}/panels/{key}", Permission: web.SignedIn, Handle: p.show},
		{Method: get, Path: at + "conversations/{id}/draft", Permission: web.SignedIn, Handle: showDraft},
		{Method: get, Path: at + "conversations/{id}/mentionable", Permission: access.ConversationsReply, Handle: mentionable},
		{Method: post, Path: at + "conversations/{id}/mention/seen", Permission: web.SignedIn, Handle: seeMention},
		{Method: get, Path: at + "drafts", Permission: web.SignedIn, Handle: listDrafts},

		{Method: post, Path: at + "quick-replies", Permission: web.SignedIn, Handle: addQuickReply},
		{Method: patch, Path: at + "quick-replies/{id}", Permission: web.SignedIn, Handle: editQuickReply},
		{Method: remove, Path: at + "quick-replies/{id}", Permission: web.SignedIn, Handle: deleteQuickReply},
		{Method: post, Path: at + "quick-replies/{id}/used", Permission: web.SignedIn, Handle: useQuickReply},
	}
}

// customerRoutes are the side panel's.
func customerRoutes(r *reveals) []web.Route {
	const all, at = "/api/xiaoer/customers", "/api/xiaoer/customers/{id}"
	get, post, patch, remove := http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete
	return []web.Route{
		{Method: get, Path: at, Permission: web.SignedIn, Handle: showCustomer},
		{Method: patch, Path: at, Permission: access.CustomersEdit, Handle: editCustomer},
		{Method: post, Path: at + "/reveal", Permission: access.CustomersReveal, Handle: r.reveal},
		{Method: get, Path: at + "/conversations", Permission: web.SignedIn, Handle: listPast},
		{Method: get, Path: at + "/pages", Permission: web.SignedIn, Handle: showTrail},

		{Method: get, Path: at + "/notes", Permission: web.SignedIn, Handle: listNotes},
		{Method: post, Path: at + "/notes", Permission: access.CustomersEdit, Handle: addNote},
		{Method: remove, Path: at + "/notes/{note}", Permission: access.CustomersEdit, Handle: ofNote(customers.DeleteNote)},
		{Method: post, Path: at + "/notes/{note}/restore", Permission: access.CustomersEdit, Handle: ofNote(customers.RestoreNote)},

		{Method: get, Path: all, Permission: access.CustomersMerge, Handle: findCustomers},
		{Method: post, Path: at + "/merge", Permission: access.CustomersMerge, Handle: mergeCustomers},
		{Method: post, Path: at + "/merges/{merge}/undo", Permission: access.CustomersMerge, Handle: undoMerge},

		{Method: post, Path: at + "/block", Permission: access.CustomersBlock, Handle: block},
		{Method: get, Path: at + "/erase", Permission: access.CustomersErase, Handle: erasable},
		{Method: post, Path: at + "/erase", Permission: access.CustomersErase, Handle: erase},
		{Method: remove, Path: at + "/block", Permission: access.CustomersBlock, Handle: unblock},
	}
}

// named is an id with its name.
type named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}
