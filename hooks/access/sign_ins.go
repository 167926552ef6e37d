package access

import (
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// SignIn is one of somebody's, open or past, or an attempt that failed.
type SignIn struct {
	ID     string
	Kind   string
	Device Device
	Why    string // it has ended, or failed; "" while it is open
	Began  time.Time
	Seen   time.Time
	Ended  time.Time // zero while it is open
}

// Program reports whether a token was given out, and no browser signed in.
func (s SignIn) Program() bool { return s.Kind == kindAPI }

// Failed reports whether it was an attempt only.
func (s SignIn) Failed() bool { return s.Kind == kindFailed }

// OpenSignIns lists where staff is signed in now, the one used last first.
func OpenSignIns(app core.App, staff string, now time.Time) ([]SignIn, error) {
	list, err := signInsOf(app, staff)
	if err != nil {
		return nil, err
	}
	rules := SecurityOf(app)
	var open []SignIn
	for _, s := range list {
		if s.session().over(rules, now) == "" {
			open = append(open, s.public())
		}
	}
	return open, nil
}

// mostHistory is how much of it is shown.
const mostHistory = 100

// SignInHistory lists the sign-ins and failed attempts of the last 90 days, the
// newest first.
func SignInHistory(app core.App, staff string) ([]SignIn, error) {
	list, err := signInHistory(app, staff, mostHistory)
	if err != nil {
		return nil, err
	}
	past := make([]SignIn, len(list))
	for i, s := range list {
		past[i] = s.public()
	}
	return past, nil
}
