package audit

import (
	"cmp"
	"context"
	"os/user"
	"slices"

	"github.com/pocketbase/pocketbase/core"
)

// ActorKind is what sort of somebody acts.
type ActorKind string

// Who acts.
const (
	Staff     ActorKind = "staff"
	Visitor   ActorKind = "visitor"
	Dashboard ActorKind = "dashboard" // PocketBase's own, as superuser
	Command   ActorKind = "command"   // on the machine's command line
	System    ActorKind = "system"    // the program itself
)

// ActorKinds lists all of them, as they are offered to choose from.
var ActorKinds = []ActorKind{Staff, Dashboard, Command, System, Visitor}

// Actor is who does something, as they are called at that moment.
type Actor struct {
	Kind    ActorKind
	ID      string // of the staff, where they have one
	Name    string // as it is shown: a nickname, a user of the machine
	Address string // where from, "" where that says nothing
}

// By returns app for somebody: whatever is saved or deleted through it, in its
// transactions too, is theirs in the audit trail.
func By(app core.App, a Actor) core.App {
	if known, ok := app.(*acting); ok {
		app = known.App
	}
	if a.Kind == "" {
		return app
	}
	return &acting{App: app, actor: a}
}

// Of returns whose app is, the [System]'s where it is nobody's.
func Of(app core.App) Actor {
	if known, ok := app.(*acting); ok {
		return known.actor
	}
	return Actor{Kind: System}
}

type keyActor struct{}

// ActorOf returns who causes the event that ctx comes with, the [System] where
// it is nobody.
func ActorOf(ctx context.Context) Actor {
	if a, ok := ctx.Value(keyActor{}).(Actor); ok {
		return a
	}
	return Actor{Kind: System}
}

// acting is an app in somebody's hands. The actor rides in the context of what
// it saves, which is what record hooks get to see.
type acting struct {
	core.App

	actor Actor
}

func (a *acting) with(ctx context.Context) context.Context {
	if _, ok := ctx.Value(keyActor{}).(Actor); ok {
		return ctx
	}
	return context.WithValue(ctx, keyActor{}, a.actor)
}

func (a *acting) Save(m core.Model) error { return a.SaveWithContext(context.Background(), m) }

func (a *acting) SaveWithContext(ctx context.Context, m core.Model) error {
	return a.App.SaveWithContext(a.with(ctx), m)
}

func (a *acting) SaveNoValidate(m core.Model) error {
	return a.SaveNoValidateWithContext(context.Background(), m)
}

func (a *acting) SaveNoValidateWithContext(ctx context.Context, m core.Model) error {
	return a.App.SaveNoValidateWithContext(a.with(ctx), m)
}

func (a *acting) Delete(m core.Model) error { return a.DeleteWithContext(context.Background(), m) }

func (a *acting) DeleteWithContext(ctx context.Context, m core.Model) error {
	return a.App.DeleteWithContext(a.with(ctx), m)
}

func (a *acting) RunInTransaction(do func(app core.App) error) error {
	return a.App.RunInTransaction(func(app core.App) error { return do(By(app, a.actor)) })
}

// carry hands the actor on to what hooks save in their turn: they get the
// event's app in the hands of whoever caused the event.
func carry(e *core.ModelEvent) error {
	a, ok := e.Context.Value(keyActor{}).(Actor)
	if !ok {
		return e.Next()
	}
	outer := e.App
	e.App = By(outer, a)
	err := e.Next()
	e.App = outer
	return err
}

func (k ActorKind) in(kinds []ActorKind) bool { return kinds == nil || slices.Contains(kinds, k) }

// AtTheMachine is whoever runs a command, by their name on the machine.
func AtTheMachine() Actor {
	a := Actor{Kind: Command}
	if who, err := user.Current(); err == nil { // a user without a name, as in a container, has a number
		a.Name = cmp.Or(who.Username, who.Uid)
	}
	return a
}
