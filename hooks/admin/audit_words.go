package admin

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/admin"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// auditWords turns entries into sentences in somebody's language. Customers are
// named only to whoever may see them: the trail itself does not know their names.
type auditWords struct {
	app   core.App
	by    *access.Person
	say   locale.Speaker
	lang  string
	zone  *time.Location
	names map[string]string // of customers and conversations, as they are now
}

func newAuditWords(e *core.RequestEvent, zone *time.Location) *auditWords {
	lang := web.Language(e)
	return &auditWords{app: e.App, by: access.Of(e), say: locale.In(lang), lang: lang, zone: zone, names: map[string]string{}}
}

func (w *auditWords) row(r *audit.Record) admin.AuditRow {
	row := admin.AuditRow{
		Seq: strconv.FormatInt(r.Seq, 10), Time: w.time(r.Time), Who: w.actor(r), WhoID: r.Actor, Address: r.Address,
		Act: w.act(r.Act, w.object(r)), Changes: w.changes(r), Reason: w.reason(r), Grave: grave(r.Act),
	}
	switch audit.ActorKind(r.ActorKind) {
	case audit.Staff:
	default:
		row.Kind = w.say.T("audit.actor_" + r.ActorKind)
	}
	if row.Kind == row.Who {
		row.Kind = ""
	}
	if r.Object != "" {
		row.Object = auditPath + "?object=" + r.ObjectKind + "%3A" + r.Object
	}
	return row
}

// grave acts are those that stand out in the list.
func grave(act string) bool { return act == "audit.broken" }

func (w *auditWords) time(text string) string {
	at, err := types.ParseDateTime(text)
	if err != nil || at.IsZero() {
		return text
	}
	return at.Time().In(w.zone).Format("2006-01-02 15:04:05")
}

func (w *auditWords) actor(r *audit.Record) string {
	return cmp.Or(r.ActorName, w.say.T("audit.actor_"+r.ActorKind))
}

// act is what was done, with what it was done to.
func (w *auditWords) act(act, object string) string {
	return w.say.T("audit.act_"+strings.ReplaceAll(act, ".", "_"), "Object", object)
}

// object is what something is called: as it was then, or, where the trail does
// not know, as it is now.
func (w *auditWords) object(r *audit.Record) string {
	if r.ObjectKind == settings.Collection {
		return w.or("audit.setting_"+r.Object, r.Object)
	}
	if r.ObjectName != "" {
		return r.ObjectName
	}
	key := r.ObjectKind + ":" + r.Object
	name, known := w.names[key]
	if !known {
		name = w.lookUp(r.ObjectKind, r.Object)
		w.names[key] = name
	}
	return name
}

func (w *auditWords) lookUp(kind, id string) string {
	if id == "" {
		return w.or("audit.kind_"+kind, kind)
	}
	switch kind {
	case "staff":
		if name := w.nickname(id); name != "" {
			return name
		}
	case customers.Customers:
		if c, err := customers.ByID(w.app, id); err == nil && w.by.May(access.CustomersSee) && c.Name() != "" {
			return c.Name()
		}
	case ofConversations:
		if c, err := conversations.ByID(w.app, id); err == nil && conversations.Visible(w.by, c) && c.Customer != "" {
			return w.lookUp(customers.Customers, c.Customer)
		}
	}
	return w.or("audit.kind_"+kind, kind) + " …" + id[max(0, len(id)-4):]
}

func (w *auditWords) nickname(id string) string {
	if p, err := access.ByID(w.app, id); err == nil {
		return p.Nickname
	}
	return ""
}

// or is a message, or otherwise where there is none.
func (w *auditWords) or(key, otherwise string) string {
	if text := w.say.T(key); text != key {
		return text
	}
	return otherwise
}

func (w *auditWords) reason(r *audit.Record) string {
	if r.Reason == "" {
		return ""
	}
	return w.or("audit.reason_"+strings.ReplaceAll(r.Act, ".", "_")+"_"+r.Reason, w.or("audit.reason_"+r.Reason, r.Reason))
}

func (w *auditWords) fault(f audit.Fault) string {
	text := w.say.T("audit.wrong_"+string(f.Wrong), "From", f.From, "To", f.To)
	if f.Wrong == audit.Noted {
		text += w.or("audit.reason_audit_broken_"+f.Note, f.Note)
	}
	return text
}

func (w *auditWords) changes(r *audit.Record) []admin.AuditChange {
	var list []admin.AuditChange
	for _, c := range r.Changes.List() {
		if r.Act == "audit.accepted" && c.Field == "sum" || c.Field == "address" && c.After == r.Address {
			continue // tells nobody anything, or nothing new
		}
		list = append(list, w.change(r.ObjectKind, r.Act, c))
	}
	return list
}

// field is what a field is called: the kind's own word for it before the one
// that all have.
func (w *auditWords) field(kind, act, field string) string {
	if id, own := customers.CustomID(field); own { // the shop's own word for it
		if f, err := customers.AnyField(w.app, id); err == nil {
			return f.Name()
		}
		return w.say.T("audit.field_custom_gone")
	}
	of, _, _ := strings.Cut(act, ".") // a note's text is told of its customer
	key := strings.ReplaceAll(strings.ToLower(field), ".", "_")
	return w.or("audit.field_"+of+"_"+key, w.or("audit.field_"+kind+"_"+key, w.or("audit.field_"+key, field)))
}

func (w *auditWords) change(kind, act string, c audit.Change) admin.AuditChange {
	out := admin.AuditChange{Label: w.field(kind, act, c.Field)}
	switch {
	case c.As == audit.Secret:
		out.Note = w.say.T("audit.changed_secret")
	case c.As == audit.Digest && c.Before == nil:
		out.Note = w.say.T("audit.set_personal")
	case c.As == audit.Digest && c.After == nil:
		out.Note = w.say.T("audit.cleared_personal")
	case c.As == audit.Digest:
		out.Note = w.say.T("audit.changed_personal")
	default:
		before, after := w.texts(c.Field, c.Before), w.texts(c.Field, c.After)
		if len(before) > 1 || len(after) > 1 { // of two lists, what differs
			out.Before, out.After = w.join(without(before, after)), w.join(without(after, before))
			out.Listed = len(before) > 0
			return out
		}
		out.Before, out.After = w.join(before), w.join(after)
		if out.Before == "" && out.After == "" {
			out.Note = w.say.T("audit.emptied")
		}
	}
	return out
}

func without(list, others []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(others, s) })
}

func (w *auditWords) join(list []string) string { return strings.Join(list, w.say.T("audit.comma")) }

// texts are a value, or the values of a list, as people read them.
func (w *auditWords) texts(field string, value any) []string {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		var list []string
		for _, one := range v {
			list = append(list, w.texts(field, one)...)
		}
		return list
	case map[string]any:
		return []string{w.member(v)}
	case bool:
		return []string{w.say.T("audit.value_" + strconv.FormatBool(v))}
	case float64:
		return []string{w.number(field, v)}
	case string:
		return []string{w.text(field, v)}
	default:
		return []string{fmt.Sprint(v)}
	}
}

// member is an object as people read it: by its name, where it has one.
func (w *auditWords) member(v map[string]any) string {
	name, _ := v["name"].(string)
	if id, ok := v["id"].(string); ok && len(v) <= 2 {
		return cmp.Or(name, w.nickname(id), "…"+id[max(0, len(id)-4):])
	}
	return cmp.Or(name, w.say.T("audit.value_object"))
}

func (w *auditWords) number(field string, n float64) string {
	if isDuration(field) {
		return w.say.T("audit.value_seconds", "Count", strconv.FormatFloat(n/float64(time.Second), 'f', -1, 64))
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// isDuration reports whether a setting of that name is one, which are kept in
// nanoseconds.
func isDuration(field string) bool {
	return field == "grace" || slices.ContainsFunc([]string{"_window", "_wait", "_within", "_after"}, func(end string) bool { return strings.HasSuffix(field, end) })
}

func (w *auditWords) text(field, text string) string {
	switch field {
	case "permissions":
		return access.Describe(access.Permission(text), w.lang)
	case "device":
		return access.DeviceName(text, w.say)
	}
	if len(text) == len(types.DefaultDateLayout) && strings.HasSuffix(text, "Z") {
		return w.time(text)
	}
	return w.or("audit.value_"+field+"_"+text, text)
}
