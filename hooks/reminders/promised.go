package reminders

import "github.com/dianxiaoer/xiaoer/hooks/conversations"

// answerPromised answers whether there is a promise to be kept still: such a
// question stays with whose it is.
func answerPromised(e *conversations.PromisedEvent) error {
	list, err := OfConversation(e.App, e.Conversation)
	if err != nil {
		return err
	}
	e.Open = e.Open || len(list) > 0
	return e.Next()
}
