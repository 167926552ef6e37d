package team

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/team"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// Fields of an account, in the form as in a sheet.
const (
	fieldNickname = "nickname"
	fieldRealName = "real_name"
	fieldEmail    = "email"
	fieldPhone    = "phone"
	fieldRole     = "role"
	fieldGroups   = "groups"
	fieldCap      = "cap"
	fieldWeight   = "weight"
)

// account is what the form of an account holds, as it is typed and as it is kept.
type account struct {
	Nickname, RealName, Email, Phone string
	Role                             string // id
	Groups                           []string
	Cap, Weight                      string
	Avatar                           string // id of a file
}

func accountOf(p *access.Person) account {
	return account{
		Nickname: p.Nickname, RealName: p.RealName, Email: p.Email, Phone: p.Phone, Role: p.RoleID,
		Groups: append([]string{}, p.Groups...), Cap: strconv.Itoa(p.Cap), Weight: strconv.Itoa(p.Weight),
		Avatar: strings.TrimPrefix(p.Avatar, "/avatars/"),
	}
}

// typedAccount reads the form. lost is the picture that came with it and will
// have to be chosen again if the form comes back.
func typedAccount(e *core.RequestEvent) (a account, lost bool) {
	v := e.Request.PostFormValue
	a = account{
		Nickname: strings.TrimSpace(v(fieldNickname)), RealName: strings.TrimSpace(v(fieldRealName)), Email: v(fieldEmail), Phone: v(fieldPhone),
		Role: v(fieldRole), Cap: strings.TrimSpace(v(fieldCap)), Weight: strings.TrimSpace(v(fieldWeight)), Avatar: v("avatar_kept"), Groups: []string{},
	}
	a.Groups = append(a.Groups, e.Request.PostForm[fieldGroups]...)
	if v("all_groups") != "" {
		a.Groups = nil
	}
	if v("avatar_drop") != "" {
		a.Avatar = ""
	}
	if e.Request.MultipartForm != nil {
		for _, f := range e.Request.MultipartForm.File["avatar"] {
			lost = lost || f.Size > 0
		}
	}
	return a, lost
}

// counted is a number as it was typed, 0 where nothing was: what is no number is
// out of bounds.
func counted(typed string) int {
	n, err := strconv.Atoi(typed)
	if typed != "" && (err != nil || n == 0) {
		return -1
	}
	return n
}

func (a account) profile() access.Profile {
	return access.Profile{
		Nickname: a.Nickname, RealName: a.RealName, Email: a.Email, Phone: a.Phone, Role: a.Role, Groups: a.Groups, Cap: counted(a.Cap),
		Weight: counted(a.Weight), Avatar: a.Avatar,
	}
}

func (a account) newcomer(password, lang string) access.Newcomer {
	return access.Newcomer{
		Nickname: a.Nickname, RealName: a.RealName, Email: a.Email, Phone: a.Phone, Role: a.Role, Groups: a.Groups, Cap: counted(a.Cap),
		Weight: counted(a.Weight), Avatar: a.Avatar, Password: password, MustChange: true, Language: lang,
	}
}

// picture stores the avatar that came with the form, if one did.
func picture(e *core.RequestEvent, by *access.Person) (id string, err error) {
	body, head, err := e.Request.FormFile("avatar")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) || err == nil && head.Size == 0 {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer body.Close() //nolint:errcheck // it was read
	return access.KeepAvatar(e.App, by, head.Filename, body)
}

// staffForm is the form of an account as by may fill it in.
func staffForm(e *core.RequestEvent, by *access.Person, a account) (team.StaffForm, error) {
	say := locale.In(web.Language(e))
	shop := settings.ShopOf(e.App)
	m := team.StaffForm{
		Nickname: a.Nickname, RealName: a.RealName, Email: a.Email, Phone: a.Phone, Cap: a.Cap, Weight: a.Weight, Avatar: a.Avatar, BackTo: pathStaff,
		Face: team.Face{Nickname: a.Nickname, Shop: shop.Name, Colour: shop.Colour},
		Role: ui.Choice{Name: fieldRole, Label: say.T("team.col_role"), Value: a.Role}, Groups: ui.Many{Name: fieldGroups, Label: say.T("team.col_groups"), Values: a.Groups},
	}
	if a.Avatar != "" {
		m.Face.Avatar = "/avatars/" + a.Avatar
	}
	roles, err := access.Roles(e.App)
	if err != nil {
		return m, err
	}
	for _, r := range roles {
		o := ui.Option{Value: r.Id, Label: r.Name(), Hint: hintOf(r, say)}
		if access.MayGive(by, r) != nil && r.Id != a.Role {
			o.Disabled, o.Hint = true, say.T("team.role_beyond")
		}
		m.Role.Options = append(m.Role.Options, o)
	}
	groups, err := access.Groups(e.App)
	if err != nil {
		return m, err
	}
	for _, g := range groups {
		o := ui.Option{Value: g.Id, Label: g.Name()}
		if !slices.Contains(a.Groups, g.Id) && access.MayPlace(by, g.Id) != nil {
			o.Disabled, o.Hint = true, say.T("team.group_beyond")
		}
		m.Groups.Options = append(m.Groups.Options, o)
	}
	return m, nil
}

// hintOf says what a role is for: the preset ones in a sentence, the shop's own
// by how much they allow.
func hintOf(r *access.Role, say locale.Speaker) string {
	if r.Key() != "" {
		return say.T("team.role_hint_" + strings.ReplaceAll(r.Key(), "-", "_"))
	}
	allowed, err := r.Permissions()
	if err != nil {
		return ""
	}
	return say.T("team.role_allows", "Count", len(allowed))
}

// wrongIn says what is wrong with a form: by field, or above it all. What is no
// fault of the form is returned.
func wrongIn(e *core.RequestEvent, form *ui.Form, err error) error {
	faults := []error{err}
	if many, ok := errors.AsType[interface {
		error
		Unwrap() []error
	}](err); ok {
		faults = many.Unwrap()
	}
	lang := web.Language(e)
	for _, one := range faults {
		f, ok := errors.AsType[*fail.Error](one)
		if !ok || f.Kind.Retry() || f.Kind == fail.Unauthorized || f.Kind == fail.NotFound {
			return err
		}
		if f.Field == "" || web.IsConflict(f) {
			form.Failed = f.Text(lang)
			continue
		}
		if form.Errors == nil {
			form.Errors = map[string]string{}
		}
		form.Errors[f.Field] = f.Text(lang)
	}
	if form.Failed == "" {
		form.Failed = locale.In(lang).T("team.look_again")
	}
	return nil
}
