package channels

import (
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// mostSecrets of a channel are kept; more would let a forgotten one live on.
const mostSecrets = 5

// Rotate gives the channel a new secret. The one before still signs for
// overlap, in which the shop can change over.
func Rotate(app core.App, id string, overlap time.Duration) (*Channel, error) {
	var c *Channel
	now := time.Now()
	err := app.RunInTransaction(func(app core.App) (err error) {
		if c, err = ByID(app, id); err != nil {
			return err
		}
		c.sign(rotated(c.Secrets(), now, overlap))
		return app.Save(c)
	})
	if err != nil {
		return nil, fmt.Errorf("rotate secret: %w", err)
	}
	return c, nil
}

// rotated puts a new secret in front of those that still sign.
func rotated(old []Secret, now time.Time, overlap time.Duration) []Secret {
	end := now.Add(overlap).Unix()
	secrets := []Secret{newSecret()}
	for _, s := range old {
		if s.Ends == 0 || s.Ends > end {
			s.Ends = end
		}
		secrets = append(secrets, s)
	}
	secrets = slices.DeleteFunc(secrets, func(s Secret) bool { return !s.valid(now) })
	return secrets[:min(len(secrets), mostSecrets)]
}

// EndSecret has one of the older secrets sign no longer, before its overlap is
// over. The newest one ends only by [Rotate].
func EndSecret(app core.App, id, secret string) (*Channel, error) {
	var c *Channel
	err := app.RunInTransaction(func(app core.App) (err error) {
		if c, err = ByID(app, id); err != nil {
			return err
		}
		secrets := c.Secrets()
		i := slices.IndexFunc(secrets, func(s Secret) bool { return s.ID() == secret })
		if i <= 0 {
			return fail.New(fail.NotFound, "channels.secret_gone").On("secret")
		}
		c.sign(slices.Delete(secrets, i, i+1))
		return app.Save(c)
	})
	if err != nil {
		return nil, fmt.Errorf("end a secret: %w", err)
	}
	return c, nil
}

// Signing lists the secrets that still sign at now, the newest first.
func (c *Channel) Signing(now time.Time) []Secret {
	return slices.DeleteFunc(c.Secrets(), func(s Secret) bool { return !s.valid(now) })
}
