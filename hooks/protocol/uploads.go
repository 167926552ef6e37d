package protocol

import (
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/files"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

func (d *desk) visitorUpload(e *core.RequestEvent) error {
	who := visitor(e)
	if err := who.contact.barring.Refuse(d.app); err != nil {
		return err
	}
	if !d.free(e) {
		if err := within(d.inForce().uploads, who.contact.id, 1); err != nil {
			return err
		}
		if err := within(d.bytes, who.contact.id, announced(e.Request)); err != nil {
			return err
		}
	}
	return d.store(e, who, nil)
}

// announced is how many bytes an upload has. Whoever does not say how many may
// send as many as there can be.
func announced(r *http.Request) int64 {
	if r.ContentLength < 0 {
		return files.MaxBytes
	}
	return r.ContentLength
}

func (d *desk) staffUpload(e *core.RequestEvent) error {
	p := access.Of(e)
	return d.store(e, asStaff(p, web.Language(e)), func(u *upload) (string, error) {
		c, err := conversations.SeenBy(d.app, p, u.values["conversation"])
		if err != nil {
			return "", err
		}
		return c.Contact, nil
	}, "conversation")
}

// store keeps an uploaded file for use in one thread: the visitor's own, or the
// one that place finds.
func (d *desk) store(e *core.RequestEvent, who *caller, place func(*upload) (string, error), needed ...string) error {
	form, err := readUpload(e.Request, append(needed, "id")...)
	if err != nil {
		return err
	}
	id := form.values["id"]
	if err = conversations.CheckID(id); err != nil {
		return err
	}
	a := who.author()
	contact := a.ID
	if place != nil {
		if contact, err = place(form); err != nil {
			return err
		}
	}
	f, err := files.Store(d.app, files.Upload{
		Owner: string(a.Kind) + ":" + a.ID, ClientID: id, Contact: contact, Purpose: files.ForMessage, Name: form.name, Body: form.body,
	})
	if err != nil {
		return err
	}
	if !who.isVisitor() { // it may have been on its way for minutes
		if _, err := access.Still(d.app, who.person.Load(), access.ConversationsReply); err != nil {
			return err
		}
	}
	return e.JSON(http.StatusOK, linked{d.link(f, who)})
}

// linked is an answer about one file.
type linked struct {
	File *file `json:"file"`
}

// fileLink answers a fresh address for an attachment that the caller may see.
func (d *desk) fileLink(e *core.RequestEvent) error {
	who, err := d.anyCaller(e)
	if err != nil {
		return err
	}
	f, err := files.ByID(d.app, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	if err := d.mayOpen(who, f); err != nil {
		return err
	}
	return e.JSON(http.StatusOK, linked{d.link(f, who)})
}

// anyCaller is a visitor by token, or staff by token or cookie.
func (d *desk) anyCaller(e *core.RequestEvent) (*caller, error) {
	lang := web.Language(e)
	token := bearer(e.Request)
	if token == nil {
		p, err := access.ByCookie(d.app, e.Request)
		if err != nil {
			return nil, err
		}
		return asStaff(p, lang), nil
	}
	if c, session, err := customers.BySession(d.app, *token); err == nil {
		return asVisitor(c, session, lang), d.originAllowed(e, c.Channel())
	} else if fail.Of(err).Kind != fail.Unauthorized {
		return nil, err
	}
	p, err := access.ByToken(d.app, *token)
	if err != nil {
		return nil, err
	}
	return asStaff(p, lang), nil
}

// mayOpen refuses an attachment of a thread that who may not see, as if it were
// not there.
func (d *desk) mayOpen(who *caller, f *files.File) error {
	none := fail.New(fail.NotFound, "fail.not_found")
	a := who.author()
	own := f.Owner() == string(a.Kind)+":"+a.ID
	if f.Message() == "" {
		if own {
			return nil
		}
		return none
	}
	m, err := conversations.MessageByID(d.app, f.Message())
	if err != nil || m.File != f.Id {
		return none.Because(err)
	}
	if who.isVisitor() {
		if m.Contact != who.contact.id || m.StaffOnly {
			return none
		}
		return nil
	}
	if _, err := conversations.SeenBy(d.app, who.person.Load(), m.Conversation); err != nil {
		return none.Because(err)
	}
	return nil
}

// download serves an attachment's bytes to whoever holds its key, as long as the
// session that the key was made for lives and may still see it.
func (d *desk) download(e *core.RequestEvent) error {
	id := e.Request.PathValue("id")
	session, err := files.CheckKey(d.app, id, e.Request.URL.Query().Get("key"), time.Now())
	if err != nil {
		return err
	}
	who, err := d.bySession(session)
	if err != nil {
		return err
	}
	f, err := files.ByID(d.app, id)
	if err != nil {
		return err
	}
	if err := d.mayOpen(who, f); err != nil {
		return err
	}
	return files.Serve(e, f)
}

// bySession is the caller whose [caller.key] session is.
func (d *desk) bySession(session string) (*caller, error) {
	if id, ok := strings.CutPrefix(session, "staff:"); ok {
		p, err := access.Refresh(d.app, &access.Person{SignIn: id})
		if err != nil {
			return nil, err
		}
		return asStaff(p, p.Language), nil
	}
	id, ok := strings.CutPrefix(session, "visitor:")
	if !ok {
		return nil, fail.New(fail.Unauthorized, "fail.unauthorized")
	}
	contact, err := customers.SessionAlive(d.app, id)
	if err != nil {
		return nil, err
	}
	c, err := customers.ContactByID(d.app, contact)
	if err != nil {
		return nil, err
	}
	return asVisitor(c, id, ""), nil
}
