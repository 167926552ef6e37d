package access

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/files"
)

// unusedAvatar is how long a picture may lie about that is nobody's: the form
// that it came with is saved next, or never.
const unusedAvatar = 24 * time.Hour

// KeepAvatar stores a picture for an account that is saved next, with its id.
// What is wrong with it is on the field "avatar".
func KeepAvatar(app core.App, by *Person, name string, body io.Reader) (id string, err error) {
	owner := "staff:"
	if by != nil {
		owner += by.ID
	}
	f, err := files.Store(app, files.Upload{Owner: owner, Purpose: files.ForAvatar, Name: name, Body: body})
	if err != nil {
		return "", fail.Of(err).On("avatar")
	}
	return f.ID(), nil
}

// dropAvatar takes a picture away at once. One that stays is swept later.
func dropAvatar(app core.App, id string) {
	if id == "" {
		return
	}
	if err := files.Remove(app, id); err != nil {
		app.Logger().Error("old avatar not removed", "error", err)
	}
}

// sweepAvatars removes the pictures that are nobody's: replaced ones, and those
// whose form was never saved.
func sweepAvatars(app core.App, now time.Time) error {
	old, err := files.OfPurpose(app, files.ForAvatar, now.Add(-unusedAvatar))
	if err != nil {
		return err
	}
	all, err := allStaff(app)
	if err != nil {
		return err
	}
	for _, id := range old {
		if slices.ContainsFunc(all, func(s *Staff) bool { return s.avatar() == id }) {
			continue
		}
		if err := files.Remove(app, id); err != nil {
			return fmt.Errorf("sweep avatars: %w", err)
		}
	}
	return nil
}

// LastSeen is when each member of staff last used the program, as far back as
// sign-ins are remembered. Who is not in it never has.
func LastSeen(app core.App) (map[string]time.Time, error) {
	var rows []struct {
		Staff string `db:"staff"`
		Seen  string `db:"seen"`
	}
	if err := app.DB().NewQuery("SELECT staff, MAX(seen) AS seen FROM sign_ins GROUP BY staff").All(&rows); err != nil {
		return nil, fmt.Errorf("when staff were last seen: %w", err)
	}
	list := make(map[string]time.Time, len(rows))
	for _, r := range rows {
		at, err := time.Parse(types.DefaultDateLayout, r.Seen)
		if err != nil {
			return nil, fmt.Errorf("when %s was last seen: %w", r.Staff, err)
		}
		list[r.Staff] = at
	}
	return list, nil
}
