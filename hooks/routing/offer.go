package routing

import (
	"log/slog"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

// OfferEvent says that somebody has waited so long that leaving a message is
// offered to them.
type OfferEvent struct {
	hook.Event
	App          core.App
	Conversation *conversations.Conversation
}

// OnOffer is triggered once for each conversation that waits, and once more
// after a restart, which has cut all connections anyway. Whoever connects later
// asks [Offers].
func OnOffer(app core.App) *hook.Hook[*OfferEvent] { return &of(app).offered }

// Offers reports whether c's visitor is offered to leave a message now.
func Offers(app core.App, c *conversations.Conversation) bool {
	at, ok := offerAt(c, SettingsOf(app).OfferAfter)
	return ok && !clock.Now(app).Before(at)
}

// offerAt is when leaving a message is offered to c's visitor: at once in the
// night, when waiting is of no use. false where it is not.
func offerAt(c *conversations.Conversation, after time.Duration) (time.Time, bool) {
	switch {
	case after == 0, c.Status != conversations.Waiting, !c.Left.IsZero():
		return time.Time{}, false
	case c.Night:
		return c.Queued, true
	}
	return c.Queued.Add(after), true
}

// offer makes the offer, once.
func (r *counter) offer(c *conversations.Conversation) {
	if !r.isFirst(r.offers, c.ID) {
		return
	}
	if err := r.offered.Trigger(&OfferEvent{App: r.app, Conversation: c}); err != nil {
		slog.Error("offering to leave a message", "error", err)
	}
}
