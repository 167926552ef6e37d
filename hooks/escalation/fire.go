package escalation

import (
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

// onChange looks at one change of a conversation, in its transaction, before
// anybody else does: what the rules make of it is part of what changes.
func (k *keeper) onChange(e *conversations.ChangeEvent) error {
	if err := k.look(e); err != nil {
		return err
	}
	return e.Next()
}

// look does it. Only what fails in the storage undoes the change: a rule is no
// reason to lose what a customer has written.
func (k *keeper) look(e *conversations.ChangeEvent) (err error) {
	defer func() {
		if p := recover(); p != nil {
			slog.Error("escalation rules panicked", "panic", p, "stack", string(debug.Stack()))
			err = nil
		}
	}()
	rules, err := k.now(e.Tx.App)
	if err != nil {
		return err
	}
	s := sceneOf(rules, e)
	if err := feel(e, s); err != nil {
		return err
	}
	for _, r := range rules.rules {
		if s.see(e.Before, e.After); s.empty() { // again for each: the one before may have changed it
			return nil
		}
		if err := r.follow(e, s); err != nil {
			return fmt.Errorf("escalation rule %s: %w", r.id, err)
		}
	}
	return nil
}

// feel marks the conversation by how the customer's new words sound. A mark only
// gets worse by itself; people may take it back.
func feel(e *conversations.ChangeEvent, s *scene) error {
	if e.After.Status == conversations.Closed { // what is said is the words of a rating
		return nil
	}
	return e.Tx.Mark(e.After, conversations.System(), s.feeling(e.After.Emotion))
}

// follow does what the rule says where it fires, at most once in a conversation.
func (r *armed) follow(e *conversations.ChangeEvent, s *scene) error {
	because, err := fires(r.conditions, s)
	if err != nil || because == nil {
		return err
	}
	fired, err := conversations.EscalatedBy(e.Tx.App, e.After.ID, r.id)
	if err != nil || fired {
		return err
	}
	return r.act(e.Tx, e.After, because)
}
