package access

import (
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// Person is a member of staff as they are at one moment. It never changes:
// whoever keeps one asks [Refresh] for the present one.
type Person struct {
	ID             string
	Nickname       string // what customers see
	RealName       string // for colleagues only
	Email, Phone   string
	Avatar         string // an address, "" without one
	Language       string // "" when they have not said
	Theme          string // light, dark, or "" for the system's
	Role           string // key of a preset role, "" for the shop's own
	RoleName       string
	RoleID         string
	Presence       string
	PresenceReason string
	PresenceSince  time.Time // when they have said so; zero: never
	Address        string    // where they act from, "" when looked up
	SignIn         string    // id of the sign-in they came by, "" when looked up
	Groups         []string
	Cap            int
	Weight         int // their share of what comes in, against their colleagues'
	Disabled       bool
	Deleted        bool // disabled for good; only the nickname is left
	MustChange     bool // the password, before anything else
	PasswordSet    time.Time
	TwoStep        bool // their sign-in asks for a code

	may     map[Permission]bool
	version int64    // of the rights that they are a snapshot of
	session *session // by which they came, nil when looked up
}

// May reports whether their role allows perm.
func (p *Person) May(perm Permission) bool { return p.may[perm] }

// viewer is p as the shell of a page shows them.
func (p *Person) viewer() web.Viewer {
	return web.Viewer{ID: p.ID, Name: p.Nickname, Role: p.RoleName, Avatar: p.Avatar, Theme: p.Theme, May: p.May}
}

// InGroup reports whether they belong to the group.
func (p *Person) InGroup(id string) bool { return slices.Contains(p.Groups, id) }

// Actor is who they are in the audit trail.
func (p *Person) Actor() audit.Actor {
	return audit.Actor{Kind: audit.Staff, ID: p.ID, Name: p.Nickname, Address: p.Address}
}

// At is p acting from address.
func (p *Person) At(address string) *Person {
	there := *p
	there.Address = address
	return &there
}

// Permissions lists what they may do.
func (p *Person) Permissions() []Permission {
	var list []Permission
	for _, perm := range Permissions {
		if p.may[perm] {
			list = append(list, perm)
		}
	}
	return list
}

// Present returns one who still works here, enabled or not.
func Present(app core.App, id string) (*Person, error) {
	p, err := ByID(app, id)
	if err == nil && p.Deleted {
		return nil, fmt.Errorf("staff %s is deleted: %w", id, sql.ErrNoRows)
	}
	return p, err
}

// Everybody lists all who still work here, disabled ones too, the oldest
// account first. Do not change the list or the people in it.
func Everybody(app core.App) ([]*Person, error) {
	s, err := now(app)
	if err != nil {
		return nil, err
	}
	return s.here, nil
}

// People lists all enabled staff, the oldest account first. Do not change the
// list or the people in it.
func People(app core.App) ([]*Person, error) {
	s, err := now(app)
	if err != nil {
		return nil, err
	}
	return s.enabled, nil
}

// ByID returns one member of staff, also a disabled or deleted one, since
// old messages still bear their name.
func ByID(app core.App, id string) (*Person, error) {
	s, err := now(app)
	if err != nil {
		return nil, err
	}
	p, ok := s.people[id]
	if !ok {
		if s, err = newer(app, s); err != nil {
			return nil, err
		}
		p, ok = s.people[id]
	}
	if !ok {
		return nil, fmt.Errorf("staff %s: %w", id, sql.ErrNoRows)
	}
	return p, nil
}

// snapshot is everybody at one version of the rights. Sign-ins are added as
// they are asked for.
type snapshot struct {
	version  int64
	people   map[string]*Person
	here     []*Person // those who are not deleted
	enabled  []*Person
	sessions sync.Map // how it was presented → *session
}

func load(app core.App, version int64) (*snapshot, error) {
	var roles []*Role
	if err := app.RecordQuery(collectionRoles).All(&roles); err != nil {
		return nil, fmt.Errorf("roles: %w", err)
	}
	byID := map[string]*Role{}
	for _, r := range roles {
		byID[r.Id] = r
	}
	staff, err := allStaff(app)
	if err != nil {
		return nil, err
	}
	s := &snapshot{version: version, people: make(map[string]*Person, len(staff))}
	for _, one := range staff {
		p, err := one.person(byID[one.roleID()])
		if err != nil {
			return nil, err
		}
		p.version = version
		s.people[p.ID] = p
		if !p.Deleted {
			s.here = append(s.here, p)
		}
		if !p.Disabled {
			s.enabled = append(s.enabled, p)
		}
	}
	return s, nil
}
