package access

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/mail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/access"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// What the rules' page offers. A value that somebody has set otherwise is offered
// as well.
var (
	offeredLeast    = []int{8, 10, 12, 14, 16}
	offeredRotation = []int{0, 30, 60, 90, 180, 365}
	offeredIdle     = []int{15, 30, 60, 2 * 60, 4 * 60, 8 * 60, 12 * 60, 24 * 60, 3 * 24 * 60, 7 * 24 * 60}
	offeredLongest  = []int{1, 7, 14, 30, 60, 90, 180, 365}
)

func securityPage(e *core.RequestEvent) error {
	m, err := securityView(e, SecurityOf(e.App), nil)
	if err != nil {
		return err
	}
	return web.Show(e, access.SecurityPage(m), access.SecurityForm(m))
}

// securityEffects says what the rules in the form would do, and keeps nothing.
func securityEffects(e *core.RequestEvent) error {
	m, err := securityView(e, securityForm(e), nil)
	if err != nil {
		return err
	}
	return web.Render(e, access.SecurityEffects(m))
}

func saveSecurity(e *core.RequestEvent) error {
	rules := securityForm(e)
	err := e.App.RunInTransaction(func(app core.App) error {
		if err := web.Unchanged(e, SecurityOf(app)); err != nil {
			return err
		}
		return SaveSecurity(app, rules)
	})
	if err == nil {
		return web.Done(e, pathSecurity, "signin.security_saved")
	}
	f := fail.Of(err)
	if f.Field == "" {
		return err
	}
	wrong := map[string]string{}
	if !web.IsConflict(err) {
		wrong[f.Field] = f.Text(web.Language(e))
	}
	m, err := securityView(e, rules, wrong)
	if err != nil {
		return err
	}
	if len(wrong) == 0 {
		m.Form.Conflict = securityConflict(e, m)
	}
	return web.ShowStatus(e, f.Kind.Status(), access.SecurityPage(m), access.SecurityForm(m))
}

// securityForm is what was chosen. What is no number is out of bounds.
func securityForm(e *core.RequestEvent) Security {
	number := func(name string) int {
		n, err := strconv.Atoi(e.Request.PostFormValue(name))
		if err != nil {
			return -1
		}
		return n
	}
	return Security{
		PasswordLeast: number("min_length"), RotationDays: number("rotation_days"), IdleMinutes: number("idle_minutes"),
		LongestDays: number("longest_days"), TwoStep: chosen(e, "two_step"), OneSignIn: chosen(e, "one_sign_in"),
	}
}

func chosen(e *core.RequestEvent, name string) []string {
	return append(make([]string, 0, len(e.Request.PostForm[name])), e.Request.PostForm[name]...) // none is said, too
}

// securityView is the page with these rules in the form.
func securityView(e *core.RequestEvent, rules Security, wrong map[string]string) (access.Security, error) {
	say := locale.In(web.Language(e))
	m := access.Security{
		Admin:    web.Admin(e, "security", say.T("signin.security_title")),
		Form:     ui.Form{Action: pathSecurity, Version: web.Version(SecurityOf(e.App)), Errors: wrong},
		Least:    numbers("min_length", rules.PasswordLeast, offeredLeast, func(n int) string { return say.T("signin.security_characters", "Count", n) }),
		Rotation: numbers("rotation_days", rules.RotationDays, offeredRotation, func(n int) string { return rotationText(n, say) }),
		Idle:     numbers("idle_minutes", rules.IdleMinutes, offeredIdle, func(n int) string { return minutesText(n, say) }),
		Longest:  numbers("longest_days", rules.LongestDays, offeredLongest, func(n int) string { return say.T("signin.days", "Count", n) }),
		ByMail:   resetsByMail(e.App), NoServer: !mail.Ready(e.App), NoAddress: web.PublicURL(e.App) == "",
	}
	for _, c := range []*ui.Choice{&m.Least, &m.Rotation, &m.Idle, &m.Longest} {
		c.Label, c.Hint, c.Error = say.T("signin.security_"+c.Name), say.T("signin.security_"+c.Name+"_hint"), wrong[c.Name]
	}
	roles, err := Roles(e.App)
	if err != nil {
		return m, err
	}
	m.TwoStep, m.OneSignIn = rolesField("two_step", rules.TwoStep, roles, say), rolesField("one_sign_in", rules.OneSignIn, roles, say)
	m.Effects, err = effects(e.App, rules, say)
	return m, err
}

func rolesField(name string, chosen []string, roles []*Role, say locale.Speaker) ui.Many {
	m := ui.Many{Name: name, Label: say.T("signin.security_" + name), Values: chosen, Hint: say.T("signin.security_" + name + "_hint")}
	for _, r := range roles {
		word := r.Key()
		if word == "" {
			word = r.Id
		}
		m.Options = append(m.Options, ui.Option{Value: word, Label: r.Name()})
	}
	return m
}

// numbers is a field with some values, and with the one that is chosen.
func numbers(name string, value int, offered []int, text func(int) string) ui.Choice {
	if value >= 0 && !slices.Contains(offered, value) {
		offered = append(slices.Clone(offered), value)
		slices.Sort(offered)
	}
	c := ui.Choice{Name: name, Value: strconv.Itoa(value)}
	for _, n := range offered {
		c.Options = append(c.Options, ui.Option{Value: strconv.Itoa(n), Label: text(n)})
	}
	return c
}

func rotationText(days int, say locale.Speaker) string {
	if days == 0 {
		return say.T("signin.security_no_rotation")
	}
	return say.T("signin.security_rotation", "Count", days)
}

func minutesText(minutes int, say locale.Speaker) string {
	switch {
	case minutes%(24*60) == 0:
		return say.T("signin.days", "Count", minutes/(24*60))
	case minutes%60 == 0:
		return say.T("signin.hours", "Count", minutes/60)
	default:
		return say.T("signin.minutes", "Count", minutes)
	}
}

// effects says what the rules ask of people at their next click.
func effects(app core.App, rules Security, say locale.Speaker) ([]string, error) {
	renew, begin, err := Affected(app, rules, time.Now())
	if err != nil {
		return nil, err
	}
	var list []string
	if renew > 0 {
		list = append(list, say.T("signin.security_will_renew", "Count", renew))
	}
	if begin > 0 {
		list = append(list, say.T("signin.security_will_begin", "Count", begin))
	}
	return list, nil
}

// securityConflict compares what was typed with what somebody else has saved
// meanwhile.
func securityConflict(e *core.RequestEvent, yours access.Security) *ui.Conflict {
	say := locale.In(web.Language(e))
	c := &ui.Conflict{
		Version: yours.Form.Version, Notice: say.T("signin.security_conflict"), Over: say.T("signin.security_over"),
		Theirs: say.T("signin.security_theirs"), Reload: pathSecurity,
	}
	theirs, err := securityView(e, SecurityOf(e.App), nil)
	if err != nil {
		return c
	}
	for i, y := range fieldsOf(yours) {
		if t := fieldsOf(theirs)[i]; t.text != y.text {
			c.Differences = append(c.Differences, ui.Difference{Label: y.label, Theirs: t.text, Yours: y.text})
		}
	}
	return c
}

type fieldText struct{ label, text string }

func fieldsOf(m access.Security) []fieldText {
	list := make([]fieldText, 0, 6)
	for _, c := range []ui.Choice{m.Least, m.Rotation, m.Idle, m.Longest} {
		list = append(list, fieldText{c.Label, labels(c.Options, []string{c.Value})})
	}
	for _, c := range []ui.Many{m.TwoStep, m.OneSignIn} {
		list = append(list, fieldText{c.Label, labels(c.Options, c.Values)})
	}
	return list
}

func labels(options []ui.Option, values []string) string {
	var list []string
	for _, o := range options {
		if slices.Contains(values, o.Value) {
			list = append(list, o.Label)
		}
	}
	return strings.Join(list, ", ")
}
