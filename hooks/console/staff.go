package console

import (
	"crypto/rand"
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

type newcomer struct {
	Email    string   `json:"email" form:"email"`
	Nickname string   `json:"nickname" form:"nickname"`
	Role     string   `json:"role" form:"role"`
	Groups   []string `json:"groups" form:"groups"`
}

type newcomerView struct {
	Staff    named  `json:"staff"`
	Email    string `json:"email"`
	Password string `json:"password"` // this once: only its hash is kept
}

// addStaff makes an account for a colleague, with a first password to pass on.
// Nobody can give more rights than they have.
func addStaff(e *core.RequestEvent) error {
	n, err := web.Body[newcomer](e)
	if err != nil {
		return err
	}
	if err = mayGive(e.App, access.Of(e), n.Role); err != nil {
		return err
	}
	password := firstPassword()
	s, err := access.AddStaff(e.App, access.Newcomer{Email: n.Email, Nickname: n.Nickname, Role: n.Role, Groups: n.Groups, Password: password})
	if err != nil {
		return err
	}
	return e.JSON(http.StatusCreated, newcomerView{Staff: named{ID: s.Id, Name: s.Nickname()}, Email: s.Email(), Password: password})
}

func mayGive(app core.App, p *access.Person, role string) error {
	if err := access.EnsureRoles(app); err != nil {
		return err
	}
	r, err := access.RoleByKey(app, role)
	if err != nil {
		return fail.New(fail.Invalid, "access.no_such_role", "Role", role).On("role").Because(err)
	}
	gives, err := r.Permissions()
	if err != nil {
		return err
	}
	for _, perm := range gives {
		if !p.May(perm) {
			return fail.New(fail.Forbidden, "desk.role_beyond").On("role")
		}
	}
	return nil
}

// firstPassword is 60 random bits in letters and digits that are hard to
// confuse, in groups to read out.
func firstPassword() string {
	text := strings.ToLower(rand.Text())
	return text[:4] + "-" + text[4:8] + "-" + text[8:12]
}
