package notices

import (
	"context"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// Speak is what the outbox does when a robot has something to say, at now and
// after so many tries.
func Speak(ctx context.Context, app core.App, robot, code string, tries int, now time.Time) error {
	return duty{Robot: robot, Code: code, Tries: tries}.do(ctx, app, now)
}

// Target is a robot's address and secret as they are kept, opened.
func (b *Robot) Target(app core.App) (address, secret string, err error) {
	to, err := b.target(app)
	return to.address, to.secret, err
}

// Sweep is what is done each night.
var Sweep = sweep
