package console

import (
	"net/http"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

const (
	mostDrafts   = 200
	longestDraft = 20000 // more than a message may have: cutting it down is still to come
)

type draftView struct {
	Conversation string `json:"conversation"`
	Reply        string `json:"reply"`
	Note         string `json:"note"`
	Mode         mode   `json:"mode"`
	Updated      string `json:"updated,omitempty"` // "" where nothing is kept
}

func viewDraft(d draft) *draftView {
	return &draftView{Conversation: d.Conversation, Reply: d.Reply, Note: d.Note, Mode: d.Mode, Updated: clock.Wire(d.Updated.Time())}
}

type draftsAnswer struct {
	Drafts []*draftView `json:"drafts"`
}

func listDrafts(e *core.RequestEvent) error {
	all, err := draftsOf(e.App, access.Of(e).ID)
	if err != nil {
		return err
	}
	answer := draftsAnswer{Drafts: make([]*draftView, len(all))}
	for i, d := range all {
		answer.Drafts[i] = viewDraft(d)
	}
	return e.JSON(http.StatusOK, answer)
}

type draftAnswer struct {
	Draft    *draftView `json:"draft"`
	Replaced *draftView `json:"replaced,omitempty"` // by it, without its writer having known it
}

// showDraft answers what is kept of somebody's own, as another of their machines
// may have left it.
func showDraft(e *core.RequestEvent) error {
	p := access.Of(e)
	c, err := conversations.SeenBy(e.App, p, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	d, err := draftOf(e.App, p.ID, c.ID)
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, draftAnswer{Draft: viewDraft(d)})
}

type draftSent struct {
	Reply string `json:"reply"`
	Note  string `json:"note"`
	Mode  mode   `json:"mode"`
	After string `json:"after"` // "updated" of the draft that this one goes on from, "" for none
}

func (in draftSent) check() error {
	if in.Mode != reply && in.Mode != note {
		return fail.New(fail.Invalid, "fail.invalid").On("mode")
	}
	for name, text := range map[string]string{"reply": in.Reply, "note": in.Note} {
		if utf8.RuneCountInString(text) > longestDraft {
			return fail.New(fail.TooLong, "fail.too_long", "Most", longestDraft).On(name)
		}
	}
	return nil
}

// keepDraft keeps what somebody has begun to write; an empty one is forgotten,
// also in a conversation that is no longer theirs to see. The newest wins: what
// they have written meanwhile on another machine comes back as replaced, so that
// it is not lost, and is not forgotten by the one that was sent.
func keepDraft(e *core.RequestEvent) error {
	in, err := web.Body[draftSent](e)
	if err != nil {
		return err
	}
	if in.Mode == "" {
		in.Mode = reply
	}
	if err = in.check(); err != nil {
		return err
	}
	p := access.Of(e)
	now := draft{Conversation: e.Request.PathValue("id"), Reply: in.Reply, Note: in.Note, Mode: in.Mode}
	old, err := draftOf(e.App, p.ID, now.Conversation)
	if err != nil {
		return err
	}
	unheard := !old.empty() && clock.Wire(old.Updated.Time()) != in.After && !old.says(now)
	if unheard && now.empty() {
		return e.JSON(http.StatusOK, draftAnswer{Draft: viewDraft(old)})
	}
	if now, err = now.put(e.App, p, old); err != nil {
		return err
	}
	answer := draftAnswer{Draft: viewDraft(now)}
	if unheard {
		answer.Replaced = viewDraft(old)
	}
	return e.JSON(http.StatusOK, answer)
}

// put keeps d as p's in the place of old, or forgets p's where there is nothing in it.
func (d draft) put(app core.App, p *access.Person, old draft) (draft, error) {
	if d.empty() {
		return d, forgetDraft(app, p.ID, d.Conversation)
	}
	if _, err := conversations.SeenBy(app, p, d.Conversation); err != nil {
		return d, err
	}
	return d.save(app, p.ID, old)
}
