package access

import (
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// Security is the rules of signing in. Roles are named by the key of a preset
// one or the id of the shop's own.
type Security struct {
	PasswordLeast int      `json:"min_length"`    // characters
	RotationDays  int      `json:"rotation_days"` // after which a password must be replaced; 0: never
	TwoStep       []string `json:"two_step"`      // roles that must use two-step sign-in
	OneSignIn     []string `json:"one_sign_in"`   // roles that hold one browser at a time
	IdleMinutes   int      `json:"idle_minutes"`  // without use, until a browser is signed out
	LongestDays   int      `json:"longest_days"`  // until it is in any case
}

const securityKey = "security"

// Bounds of the rules.
const (
	fewestCharacters, mostCharacters = 8, 32
	mostRotation                     = 730
	leastIdle, mostIdle              = 5, 30 * 24 * 60
	mostLongest                      = 365
)

// SecurityOf returns the rules in force. Whoever serves customers holds one
// browser at a time, so that nobody answers in another's name from a second.
func SecurityOf(app core.App) Security {
	return settings.Load(app, securityKey, standardSecurity())
}

func standardSecurity() Security {
	return Security{
		PasswordLeast: fewestCharacters, OneSignIn: []string{Agent, PreSale, AfterSale, Complaint, Expert},
		IdleMinutes: 12 * 60, LongestDays: 30,
	}
}

// SaveSecurity keeps the rules. They hold from the next click on.
func SaveSecurity(app core.App, s Security) error { return settings.Save(app, securityKey, s) }

func (s Security) check() error {
	for _, bound := range []struct {
		field             string
		value, from, upTo int
	}{
		{"min_length", s.PasswordLeast, fewestCharacters, mostCharacters},
		{"rotation_days", s.RotationDays, 0, mostRotation},
		{"idle_minutes", s.IdleMinutes, leastIdle, mostIdle},
		{"longest_days", s.LongestDays, 1, mostLongest},
	} {
		if bound.value < bound.from || bound.value > bound.upTo {
			return fail.New(fail.Invalid, "signin.out_of_bounds", "From", bound.from, "To", bound.upTo).On(bound.field)
		}
	}
	return nil
}

func (s Security) idle() time.Duration    { return time.Duration(s.IdleMinutes) * time.Minute }
func (s Security) longest() time.Duration { return time.Duration(s.LongestDays) * 24 * time.Hour }

// twoStep reports whether p must use two-step sign-in.
func (s Security) twoStep(p *Person) bool { return names(s.TwoStep, p) }

// oneSignIn reports whether p holds one browser at a time.
func (s Security) oneSignIn(p *Person) bool { return names(s.OneSignIn, p) }

func names(roles []string, p *Person) bool {
	return slices.ContainsFunc(roles, func(role string) bool { return role != "" && (role == p.Role || role == p.RoleID) })
}

// Duty is what somebody has to do before anything else.
type Duty int

// Duties, in the order in which they are done.
const (
	NoDuty         Duty = iota
	ReplaceInitial      // the password was given by somebody else
	RenewPassword       // it is older than the rules allow
	BeginTwoStep        // their role asks for it and they have none
)

// dutyOf is what p has to do first, at now.
func dutyOf(p *Person, rules Security, now time.Time) Duty {
	switch {
	case p.MustChange:
		return ReplaceInitial
	case rules.RotationDays > 0 && now.Sub(p.PasswordSet) >= time.Duration(rules.RotationDays)*24*time.Hour:
		return RenewPassword
	case !p.TwoStep && rules.twoStep(p):
		return BeginTwoStep
	}
	return NoDuty
}

// refusals say why nothing else is possible before.
var refusals = map[Duty]*fail.Error{
	ReplaceInitial: fail.New(fail.Unauthorized, "access.must_change"),
	RenewPassword:  fail.New(fail.Unauthorized, "signin.must_renew"),
	BeginTwoStep:   fail.New(fail.Unauthorized, "signin.must_begin_two_step"),
}

// owes is the duty of p as a refusal, nil where there is none.
func owes(app core.App, p *Person) error {
	if refusal, ok := refusals[dutyOf(p, SecurityOf(app), time.Now())]; ok {
		return refusal
	}
	return nil
}

// Affected says how many people a change of the rules asks for something at
// their next click: to renew their password, and to begin two-step sign-in.
func Affected(app core.App, rules Security, now time.Time) (renew, begin int, err error) {
	people, err := People(app)
	if err != nil {
		return 0, 0, err
	}
	for _, p := range people {
		settled := *p
		settled.MustChange = false
		if dutyOf(&settled, rules, now) == RenewPassword {
			renew++
		}
		if !p.TwoStep && rules.twoStep(p) {
			begin++
		}
	}
	return renew, begin, nil
}
