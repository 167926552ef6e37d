package access

import (
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Still returns p as they are now, if their role allows need now: inside a
// transaction as of that transaction, so that what commits after somebody was
// disabled or demoted cannot have been done by the old rights. Who may not is
// fail.Forbidden; who has no account that works is fail.Unauthorized. With an error
// it returns p as given, for who asks once more.
func Still(app core.App, p *Person, need Permission) (*Person, error) {
	now, err := anew(app, p)
	if err != nil {
		return p, err
	}
	if !now.May(need) {
		return p, fail.New(fail.Forbidden, "fail.forbidden")
	}
	return now, nil
}

// anew is p at the present version of the rights. Most of the time nothing has
// moved, and it costs the reading of one number.
func anew(app core.App, p *Person) (*Person, error) {
	version, err := readVersion(app)
	if err != nil {
		return nil, err
	}
	if version == p.version {
		return p, nil
	}
	s := rightsOf(app).at(version)
	if s == nil {
		if s, err = load(app, version); err != nil {
			return nil, err
		}
	}
	fresh, ok := s.people[p.ID]
	if !ok || fresh.Disabled {
		return nil, errSignedOut
	}
	there := fresh.At(p.Address)
	there.SignIn = p.SignIn
	return there, nil
}

// at is the snapshot that is kept, if it is of that version.
func (r *rights) at(version int64) *snapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.current != nil && r.current.version == version {
		return r.current
	}
	return nil
}
