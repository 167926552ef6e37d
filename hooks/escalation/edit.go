package escalation

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Undo is how long a deleted rule can be restored.
const Undo = 24 * time.Hour

// Draft is a rule as somebody writes it.
type Draft struct {
	Name    string
	Enabled bool
	When    When
	Then    Then
}

func (d Draft) tidy() Draft {
	d.Name, d.When = strings.TrimSpace(d.Name), d.When.tidy()
	d.Then.Note = strings.TrimSpace(strings.ReplaceAll(d.Then.Note, "\r\n", "\n"))
	return d
}

func (r *Rule) draft() Draft {
	return Draft{Name: r.Name(), Enabled: r.Enabled(), When: r.When(), Then: r.Then()}
}

// Add makes a rule, behind the others.
func Add(app core.App, p *access.Person, d Draft) (*Rule, error) {
	var r *Rule
	err := as(app, p, func(app core.App) (err error) {
		r, err = add(app, d, "")
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("add escalation rule: %w", err)
	}
	return r, nil
}

func add(app core.App, d Draft, preset string) (*Rule, error) {
	all, err := All(app)
	if err != nil {
		return nil, err
	}
	if len(all) >= mostRules {
		return nil, fail.New(fail.Conflict, "escalation.too_many_rules", "Most", mostRules)
	}
	r, err := newRule(app)
	if err != nil {
		return nil, err
	}
	r.begin(preset)
	for _, other := range all {
		r.standAt(max(r.Sort(), other.Sort()+1))
	}
	if err := r.write(d.tidy()); err != nil {
		return nil, err
	}
	return r, app.Save(r)
}

// Edit changes a rule.
func Edit(app core.App, p *access.Person, id string, d Draft) error {
	return on(app, p, id, func(r *Rule) error { return r.write(d.tidy()) })
}

// Switch turns a rule on or off.
func Switch(app core.App, p *access.Person, id string, enabled bool) error {
	return on(app, p, id, func(r *Rule) error { r.turn(enabled); return nil })
}

// Delete takes a rule away. For [Undo] it can be restored; then it is no more.
func Delete(app core.App, p *access.Person, id string) error {
	return on(app, p, id, func(r *Rule) error { r.leave(); return nil })
}

// Restore takes a deletion back.
func Restore(app core.App, p *access.Person, id string) error {
	err := as(app, p, func(app core.App) error {
		r, err := find(app, id, dbx.NewExp("TRUE"))
		if err != nil {
			return err
		}
		if gone := r.gone(); !gone.IsZero() && time.Since(gone) > Undo {
			return fail.New(fail.TooLate, "escalation.gone")
		}
		r.comeBack()
		return app.Save(r)
	})
	if err != nil {
		return fmt.Errorf("restore escalation rule: %w", err)
	}
	return nil
}

// Arrange puts the rules into the order of ids. Those that are not named stand
// behind them, as they stood.
func Arrange(app core.App, p *access.Person, ids []string) error {
	return as(app, p, func(app core.App) error {
		all, err := All(app)
		if err != nil {
			return err
		}
		place := func(r *Rule) int {
			if i := slices.Index(ids, r.Id); i >= 0 {
				return i
			}
			return len(ids)
		}
		slices.SortStableFunc(all, func(a, b *Rule) int { return place(a) - place(b) })
		for i, r := range all {
			if r.Sort() == i+1 {
				continue
			}
			r.standAt(i + 1)
			if err := app.Save(r); err != nil {
				return fmt.Errorf("arrange escalation rules: %w", err)
			}
		}
		return nil
	})
}

// on changes one rule.
func on(app core.App, p *access.Person, id string, change func(*Rule) error) error {
	err := as(app, p, func(app core.App) error {
		r, err := ByID(app, id)
		if err != nil {
			return err
		}
		if err := change(r); err != nil {
			return err
		}
		return app.Save(r)
	})
	if err != nil {
		return fmt.Errorf("escalation rule %s: %w", id, err)
	}
	return nil
}

// as runs an act of p's, who may edit rules, in one transaction.
func as(app core.App, p *access.Person, act func(core.App) error) error {
	return app.RunInTransaction(func(app core.App) error {
		if _, err := access.Still(app, p, access.EscalationEdit); err != nil {
			return err
		}
		return act(app)
	})
}

// sweep forgets what was deleted too long ago to be restored.
func sweep(app core.App, now time.Time) error {
	old, err := deletedBefore(app, now.Add(-Undo))
	if err != nil {
		return err
	}
	var faults []error
	for _, r := range old {
		if err := app.Delete(r); err != nil {
			faults = append(faults, fmt.Errorf("forget escalation rule %s: %w", r.Id, err))
		}
	}
	return errors.Join(faults...)
}
