package customers

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/clock"
)

// Arrival is what a visitor's browser says when it comes in.
type Arrival struct {
	Bearer   *string // the token that it holds; nil makes a new visitor, and nothing else does
	Channel  string  // id; "" for the default one. A token's own channel goes before
	Identity *channels.Identity
	Page     *Page
	Lang     string
}

// visit is an arrival while it is worked out.
type visit struct {
	contact        *Contact
	token, session string
}

// Arrive makes a visitor, or continues the one whose token came along, and
// links the contact to the customer whom a signed identity names:
//
//   - without a token, all devices of an identity share its oldest contact on
//     the channel;
//   - an anonymous contact becomes that customer's;
//   - a contact of somebody else is left alone, as on a shared computer: the
//     answer is another contact and a new token.
//
// The token returned is the one to use from now on. A wrong identity is refused
// and changes nothing.
func Arrive(app core.App, a Arrival) (contact *Contact, token, sessionID string, err error) { //nolint:revive // four results: a struct for them would be used in one place
	var v visit
	err = app.RunInTransaction(func(app core.App) (err error) {
		if a.Bearer == nil {
			v, err = a.first(app)
		} else {
			v, err = a.again(app, *a.Bearer)
		}
		if err != nil {
			return err
		}
		before := v.contact.arrive(clock.Now(app), a.Lang, a.Page)
		if err := app.Save(v.contact); err != nil || a.Page == nil {
			return err
		}
		return walk(app, v.contact.Id, before, v.contact.Page())
	})
	if err != nil {
		return nil, "", "", fmt.Errorf("arrive: %w", err)
	}
	return v.contact, v.token, v.session, nil
}

// first is an arrival without a token.
func (a Arrival) first(app core.App) (visit, error) {
	channel, err := channels.Find(app, a.Channel)
	if err != nil {
		return visit{}, err
	}
	if a.Identity != nil {
		if err := channels.Verify(channel, *a.Identity, time.Now()); err != nil {
			return visit{}, err
		}
	}
	return a.enter(app, channel)
}

// again is an arrival with a token.
func (a Arrival) again(app core.App, token string) (visit, error) {
	s, err := sessionOf(app, token)
	if err != nil {
		return visit{}, err
	}
	contact, err := ContactByID(app, s.contact())
	if err != nil {
		return visit{}, unknown(err)
	}
	same := visit{contact: contact, token: token, session: s.Id}
	if a.Identity == nil {
		return same, touch(app, s)
	}
	channel, err := channels.ByID(app, contact.Channel())
	if err != nil {
		return visit{}, err
	}
	if err := channels.Verify(channel, *a.Identity, time.Now()); err != nil {
		return visit{}, err
	}
	if contact.Identity() != "" && contact.Identity() != a.Identity.ID {
		return a.enter(app, channel)
	}
	if err := link(app, contact, *a.Identity); err != nil {
		return visit{}, err
	}
	return same, touch(app, s)
}

// enter begins a session with the identity's contact, or a new contact.
func (a Arrival) enter(app core.App, channel *channels.Channel) (visit, error) {
	contact, err := a.contactOn(app, channel)
	if err != nil {
		return visit{}, err
	}
	if a.Identity != nil {
		if err = link(app, contact, *a.Identity); err != nil {
			return visit{}, err
		}
	}
	if err = app.Save(contact); err != nil {
		return visit{}, err
	}
	token, id, err := begin(app, contact.Id)
	return visit{contact: contact, token: token, session: id}, err
}

func (a Arrival) contactOn(app core.App, channel *channels.Channel) (*Contact, error) {
	if a.Identity != nil {
		contact, err := contactOf(app, channel.Id, a.Identity.ID)
		if !errors.Is(err, sql.ErrNoRows) {
			return contact, err
		}
	}
	contact, err := newContact(app, channel.Id)
	if err != nil {
		return nil, err
	}
	contact.Id = core.GenerateDefaultRandomId() // known before it is saved, for the link's event
	return contact, nil
}
