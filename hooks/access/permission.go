package access

import (
	"slices"
	"strings"

	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// Permission is one thing that a role may allow.
type Permission = web.Permission

// What staff may be allowed to do. Each has its text under access.may_… in
// both languages.
const (
	ConversationsReply    Permission = "conversations.reply"     // take waiting ones of my groups, answer and close mine
	ConversationsTransfer Permission = "conversations.transfer"  // hand mine on
	ConversationsSeeGroup Permission = "conversations.see_group" // those of my groups, also when they are a colleague's
	ConversationsSeeAll   Permission = "conversations.see_all"
	ConversationsTakeOver Permission = "conversations.take_over" // a colleague's
	ConversationsOverCap  Permission = "conversations.over_cap"  // take more than my cap
	ConversationsAssign   Permission = "conversations.assign"    // give a colleague's or a waiting one to somebody
	CustomersSee          Permission = "customers.see"
	CustomersEdit         Permission = "customers.edit"   // profile, tags, notes
	CustomersReveal       Permission = "customers.reveal" // phone and e-mail in full
	CustomersMerge        Permission = "customers.merge"  // two who are one person
	CustomersBlock        Permission = "customers.block"
	CustomersExport       Permission = "customers.export"   // all of one as a file
	CustomersErase        Permission = "customers.erase"    // for good, with all that was said
	TagsEdit              Permission = "tags.edit"          // the shop's list of tags
	QuickRepliesEdit      Permission = "quick_replies.edit" // the shop's, not one's own
	ChannelsEdit          Permission = "channels.edit"
	EscalationEdit        Permission = "escalation.edit" // the rules of what is done by itself
	GroupsEdit            Permission = "groups.edit"
	StaffSee              Permission = "staff.see"      // who works here, without their addresses
	StaffPresence         Permission = "staff.presence" // say for a colleague whether they are there
	StaffEdit             Permission = "staff.edit"
	RolesEdit             Permission = "roles.edit"
	SettingsEdit          Permission = "settings.edit"
	SecurityEdit          Permission = "security.edit" // the rules of signing in
	AuditSee              Permission = "audit.see"
	ExportsMake           Permission = "exports.make"   // lists as files
	BackupsManage         Permission = "backups.manage" // all of the shop as a file, and back
)

// Area is a part of the shop's work, whose permissions are shown together.
type Area struct {
	Key         string // its name is under access.area_…
	Permissions []Permission
}

// Areas are all permissions in the order in which they are shown.
var Areas = []Area{
	{"conversations", []Permission{
		ConversationsReply, ConversationsTransfer, ConversationsSeeGroup, ConversationsSeeAll, ConversationsTakeOver, ConversationsOverCap, ConversationsAssign,
	}},
	{"customers", []Permission{CustomersSee, CustomersEdit, CustomersReveal, CustomersMerge, CustomersBlock, CustomersExport, CustomersErase}},
	{"words", []Permission{TagsEdit, QuickRepliesEdit}},
	{"team", []Permission{GroupsEdit, StaffSee, StaffPresence, StaffEdit, RolesEdit}},
	{"shop", []Permission{ChannelsEdit, EscalationEdit, SettingsEdit, SecurityEdit, AuditSee, ExportsMake, BackupsManage}},
}

// Permissions lists all of them.
var Permissions = func() (list []Permission) {
	for _, a := range Areas {
		list = append(list, a.Permissions...)
	}
	return list
}()

// sensitive are those by which data leaves the shop, or that are power over
// colleagues and the shop itself.
var sensitive = []Permission{CustomersReveal, CustomersExport, CustomersErase, StaffEdit, RolesEdit, SettingsEdit, SecurityEdit, ExportsMake, BackupsManage}

// Sensitive reports whether p deserves a second thought before it is given.
func Sensitive(p Permission) bool { return slices.Contains(sensitive, p) }

// needs are what a permission is of no use without.
var needs = map[Permission]Permission{
	StaffEdit: StaffSee, CustomersEdit: CustomersSee, CustomersReveal: CustomersSee, CustomersMerge: CustomersSee, CustomersBlock: CustomersSee, CustomersExport: CustomersSee, CustomersErase: CustomersSee,
}

// Complete is list with what its permissions need, in the order in which they
// are shown.
func Complete(list []Permission) []Permission {
	for _, p := range list {
		if need, ok := needs[p]; ok {
			list = append(slices.Clone(list), need)
		}
	}
	return inOrder(list)
}

// Describe says in lang what p allows.
func Describe(p Permission, lang string) string { return locale.In(lang).T(words(p)) }

// Explain says in lang what somebody with p can do, and what it is good for.
func Explain(p Permission, lang string) string { return locale.In(lang).T(words(p) + "_why") }

func words(p Permission) string { return "access.may_" + strings.ReplaceAll(string(p), ".", "_") }

// Keys of the preset roles.
const (
	Owner      = "owner"
	Supervisor = "supervisor"
	Agent      = "agent"
	PreSale    = "pre-sale"
	AfterSale  = "after-sale"
	Complaint  = "complaint"
	Expert     = "expert"
	ReadOnly   = "read-only"
)

// preset is a role that every shop begins with. The owner may do everything,
// whatever its row says.
type preset struct {
	key     string
	allowed []Permission
}

var serving = []Permission{ConversationsReply, ConversationsTransfer, ConversationsSeeGroup, CustomersSee, CustomersEdit}

var presets = []preset{
	{Owner, Permissions},
	{Supervisor, slices.Concat(serving, []Permission{
		ConversationsSeeAll, ConversationsTakeOver, ConversationsOverCap, ConversationsAssign, CustomersReveal, CustomersMerge, CustomersBlock, TagsEdit, QuickRepliesEdit, StaffPresence, EscalationEdit,
	})},
	{Agent, serving},
	{PreSale, serving},
	{AfterSale, slices.Concat(serving, []Permission{CustomersReveal})},
	{Complaint, slices.Concat(serving, []Permission{CustomersReveal})},
	{Expert, slices.Concat(serving, []Permission{ConversationsSeeAll, ConversationsOverCap})},
	{ReadOnly, []Permission{ConversationsSeeAll, CustomersSee}},
}
