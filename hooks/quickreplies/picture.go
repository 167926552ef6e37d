package quickreplies

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/files"
)

// Picture copies the picture of a message, as an upload of p's for a quick reply:
// one that staff have sent to a customer in a conversation that p sees. What
// customers send is theirs, and goes to no other customer.
func Picture(app core.App, p *access.Person, message string) (file string, err error) {
	m, err := conversations.MessageByID(app, message)
	if err != nil {
		return "", err
	}
	if _, err = conversations.SeenBy(app, p, m.Conversation); err != nil {
		return "", err
	}
	if m.Kind != conversations.Image || m.From.Kind != conversations.FromStaff || m.File == "" {
		return "", fail.New(fail.Invalid, "quickreplies.picture_wrong").On("message")
	}
	f, err := files.ByID(app, m.File)
	if err != nil {
		return "", fail.New(fail.FileGone, "fail.file_gone").On("message").Because(err)
	}
	kept, err := files.Copy(app, f, files.Upload{Owner: ownerOf(p), Purpose: files.ForQuickReply})
	if err != nil {
		return "", fmt.Errorf("keep the picture of %s: %w", message, err)
	}
	return kept.ID(), nil
}
