package admin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// Links to new passwords go through the mail server to the shop's address:
// whoever may choose these could read an owner's, and be one.
func TestOnlyAnOwnerChoosesWhereLinksGo(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	if err := settings.SaveShop(app, settings.Shop{Name: "禾野优选", Colour: "#2b6a4d", Language: "zh-CN", BaseURL: "https://kf.example.com"}); err != nil {
		t.Fatal(err)
	}
	role, err := access.AddRole(app, nil, "设置员", []access.Permission{access.SettingsEdit})
	if err != nil {
		t.Fatal(err)
	}
	for email, word := range map[string]string{"owner@heye.cn": access.Owner, "set@heye.cn": role.Id} {
		if _, err := access.AddStaff(app, nil, access.Newcomer{Email: email, Nickname: email, Role: word, Password: password}); err != nil {
			t.Fatal(err)
		}
	}
	s := desktest.Serve(t, app)
	for email, status := range map[string]int{"set@heye.cn": http.StatusUnprocessableEntity, "owner@heye.cn": http.StatusSeeOther} {
		b := desktest.SignIn(t, s, email, password)
		server := url.Values{"on": {"on"}, "host": {"smtp.example.com"}, "port": {"465"}, "user": {"u"}, "password": {"p"}, "sender": {"a@example.com"}, "tls": {"on"}}
		server.Set("version", b.Get("/admin/settings/mail").Version())
		if a := b.Post("/admin/settings/mail", server); a.Status != status {
			t.Errorf("%s and the mail server: %d", email, a.Status)
		}
		shop := url.Values{"name": {"名字 " + email}, "colour": {"#2b6a4d"}, "language": {"zh-CN"}, "base_url": {"https://" + email[:3] + ".example.net"}}
		shop.Set("version", b.Get("/admin/settings").Version())
		if a := b.Post("/admin/settings", shop); a.Status != status || status != http.StatusSeeOther && !strings.Contains(a.Text, "名字 "+email) {
			t.Errorf("%s and the shop's address: %d", email, a.Status)
		}
		shop.Set("base_url", settings.ShopOf(app).BaseURL)
		shop.Set("name", "改名")
		shop.Set("version", b.Get("/admin/settings").Version())
		if a := b.Post("/admin/settings", shop); a.Status != http.StatusSeeOther {
			t.Errorf("%s and the shop's name: %d", email, a.Status)
		}
	}
}
