package quickreplies

import (
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/files"
)

// Draft is a quick reply as somebody writes it.
type Draft struct {
	Code     string `json:"code"`
	Title    string `json:"title"`
	Text     string `json:"text"`
	Category string `json:"category"`
	Scope    Scope  `json:"scope"` // "" for one's own
	Group    string `json:"group"` // id, key or name, where Scope is Group

	// File is the id of a picture that was uploaded [files.ForQuickReply], "" for
	// none, nil for the one that is there.
	File *string `json:"-"`
}

// tidy is d without what people type around words: spaces, and the slash of a code.
func (d Draft) tidy() Draft {
	d.Code = strings.TrimPrefix(strings.TrimSpace(d.Code), "/")
	d.Title, d.Text, d.Category = strings.TrimSpace(d.Title), strings.TrimSpace(strings.ReplaceAll(d.Text, "\r\n", "\n")), strings.TrimSpace(d.Category)
	return d
}

// Add makes a quick reply, p's own or, with that permission, one for others.
func Add(app core.App, p *access.Person, d Draft) (*QuickReply, error) {
	collection, err := app.FindCachedCollectionByNameOrId(Collection)
	if err != nil {
		return nil, fmt.Errorf("add quick reply: %w", err)
	}
	q := wrap(core.NewRecord(collection))
	if err := save(app, p, q, d); err != nil {
		return nil, fmt.Errorf("add quick reply: %w", err)
	}
	return q, nil
}

// Edit changes a quick reply that p may change, also whose it is.
func Edit(app core.App, p *access.Person, id string, d Draft) (*QuickReply, error) {
	q, err := editable(app, p, id)
	if err != nil {
		return nil, fmt.Errorf("edit quick reply: %w", err)
	}
	if err := save(app, p, q, d); err != nil {
		return nil, fmt.Errorf("edit quick reply: %w", err)
	}
	return q, nil
}

// Used counts one use. It is raw: it changes nothing that a rule looks at.
func Used(app core.App, p *access.Person, id string) error {
	q, err := find(app, p, id)
	if err != nil {
		return err
	}
	_, err = app.NonconcurrentDB().Update(Collection, dbx.Params{"uses": dbx.NewExp("uses + 1"), "used": types.NowDateTime().String()}, dbx.HashExp{"id": q.Id}).Execute()
	if err != nil {
		return fmt.Errorf("count a quick reply's use: %w", err)
	}
	return nil
}

func save(app core.App, p *access.Person, q *QuickReply, d Draft) error {
	if d.Scope == "" {
		d.Scope = Staff
	}
	if err := mayKeep(p, d.Scope); err != nil {
		return err
	}
	if err := mayShow(app, p, q, d.File); err != nil {
		return err
	}
	q.write(d)
	switch d.Scope {
	case Staff:
		q.belongTo(Staff, "", p.ID)
	case Group:
		group, err := access.GroupBy(app, d.Group)
		if err != nil {
			return fail.New(fail.Invalid, "quickreplies.group_wrong").On("group").Because(err)
		}
		q.belongTo(Group, group.Id, "")
	default:
		q.belongTo(d.Scope, "", "")
	}
	return app.Save(q)
}

// mayShow reports whether the picture may become the quick reply's: it has to be
// p's own upload for one, or be there already.
func mayShow(app core.App, p *access.Person, q *QuickReply, file *string) error {
	if file == nil || *file == "" || *file == q.File() {
		return nil
	}
	f, err := files.ByID(app, *file)
	if err != nil || f.Purpose() != files.ForQuickReply || f.Owner() != ownerOf(p) {
		return fail.New(fail.FileGone, "fail.file_gone").On("file").Because(err)
	}
	return nil
}

// ownerOf is p as the owner of an upload.
func ownerOf(p *access.Person) string { return "staff:" + p.ID }

// Recategorize puts quick replies that p may change under another heading.
func Recategorize(app core.App, p *access.Person, ids []string, category string) error {
	return each(app, p, ids, func(q *QuickReply) { q.under(category) })
}

// each changes quick replies that p may change, all of them or none.
func each(app core.App, p *access.Person, ids []string, change func(*QuickReply)) error {
	return app.RunInTransaction(func(app core.App) error {
		for _, id := range ids {
			q, err := editable(app, p, id)
			if err != nil {
				return err
			}
			change(q)
			if err := app.Save(q); err != nil {
				return fmt.Errorf("change quick reply %s: %w", id, err)
			}
		}
		return nil
	})
}

// editable returns a quick reply that p may change.
func editable(app core.App, p *access.Person, id string) (*QuickReply, error) {
	q, err := find(app, p, id)
	if err != nil {
		return nil, err
	}
	return q, mayKeep(p, q.Scope())
}

// mayKeep reports whether p may change quick replies of scope. Those of other
// people are never found in the first place.
func mayKeep(p *access.Person, scope Scope) error {
	if scope != Staff && !p.May(access.QuickRepliesEdit) {
		return fail.New(fail.Forbidden, "fail.forbidden").On("scope")
	}
	return nil
}
