package console

import (
	"net/http"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/protocol"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

const (
	mostDrafts   = 200
	longestDraft = 20000 // more than a message may have: cutting it down is still to come
)

type draftView struct {
	Conversation string `json:"conversation"`
	Text         string `json:"text"`
	Mode         mode   `json:"mode"`
	Updated      string `json:"updated"`
}

type draftsAnswer struct {
	Drafts []draftView `json:"drafts"`
}

func listDrafts(e *core.RequestEvent) error {
	all, err := draftsOf(e.App, access.Of(e).ID)
	if err != nil {
		return err
	}
	answer := draftsAnswer{Drafts: make([]draftView, len(all))}
	for i, d := range all {
		answer.Drafts[i] = draftView{Conversation: d.Conversation, Text: d.Text, Mode: d.Mode, Updated: protocol.Stamp(d.Updated.Time())}
	}
	return e.JSON(http.StatusOK, answer)
}

type draftSent struct {
	Text string `json:"text"`
	Mode mode   `json:"mode"`
}

// keepDraft keeps what somebody has begun to write. An empty text forgets it,
// also in a conversation that is no longer theirs to see.
func keepDraft(e *core.RequestEvent) error {
	in, err := web.Body[draftSent](e)
	if err != nil {
		return err
	}
	p, id := access.Of(e), e.Request.PathValue("id")
	if in.Text == "" {
		if err := forgetDraft(e.App, p.ID, id); err != nil {
			return err
		}
		return e.NoContent(http.StatusNoContent)
	}
	if in.Mode == "" {
		in.Mode = reply
	}
	if in.Mode != reply && in.Mode != note {
		return fail.New(fail.Invalid, "fail.invalid").On("mode")
	}
	if utf8.RuneCountInString(in.Text) > longestDraft {
		return fail.New(fail.TooLong, "fail.too_long", "Most", longestDraft).On("text")
	}
	if _, err := conversations.SeenBy(e.App, p, id); err != nil {
		return err
	}
	if err := (draft{Conversation: id, Text: in.Text, Mode: in.Mode}).save(e.App, p.ID); err != nil {
		return err
	}
	return e.NoContent(http.StatusNoContent)
}

type tagsSent struct {
	Tags []string `json:"tags"`
}

func setTags(e *core.RequestEvent) error {
	in, err := web.Body[tagsSent](e)
	if err != nil {
		return err
	}
	if err := conversations.SetTags(e.App, access.Of(e), e.Request.PathValue("id"), in.Tags); err != nil {
		return err
	}
	return e.NoContent(http.StatusNoContent)
}
