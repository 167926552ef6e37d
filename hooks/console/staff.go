package console

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

type newcomer struct {
	Email    string   `json:"email" form:"email"`
	Phone    string   `json:"phone" form:"phone"`
	Nickname string   `json:"nickname" form:"nickname"`
	Role     string   `json:"role" form:"role"`
	Groups   []string `json:"groups" form:"groups"`
}

type newcomerView struct {
	Staff    named  `json:"staff"`
	Email    string `json:"email"`
	Phone    string `json:"phone,omitempty"`
	Password string `json:"password"` // this once: only its hash is kept
}

// addStaff makes an account for a colleague, with a first password to pass on
// and to be changed at the first sign-in.
func addStaff(e *core.RequestEvent) error {
	n, err := web.Body[newcomer](e)
	if err != nil {
		return err
	}
	password := access.FirstPassword()
	s, err := access.AddStaff(e.App, access.Of(e), access.Newcomer{
		Email: n.Email, Phone: n.Phone, Nickname: n.Nickname, Role: n.Role, Groups: n.Groups, Password: password, MustChange: true,
	})
	if err != nil {
		return err
	}
	return e.JSON(http.StatusCreated, newcomerView{Staff: named{ID: s.Id, Name: s.Nickname()}, Email: s.Email(), Phone: s.Phone(), Password: password})
}
