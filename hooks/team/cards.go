package team

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/hooks/sheets"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
	"github.com/dianxiaoer/xiaoer/views/team"
)

// invited is who can sign in now, and with what.
type invited struct{ nickname, account, password string }

// reach is what somebody signs in with.
func reach(s *access.Staff) string {
	if s.Email() != "" {
		return s.Email()
	}
	return s.Phone()
}

// showCards answers with invitations. Nothing of them is kept: the answer is not
// to be stored by anybody (no-store), and there is no address that shows it again.
func showCards(e *core.RequestEvent, m team.Cards, people []invited) error {
	say, shop, address := locale.In(web.Language(e)), settings.ShopOf(e.App).Name, web.BaseURL(e)+"/sign-in"
	m.Admin = web.Admin(e, areaStaff, m.Title, scriptTeam)
	code, err := web.QR(address)
	if err != nil {
		return err
	}
	rows := [][]string{{say.T("team.nickname"), say.T("team.card_address"), say.T("team.card_account"), say.T("team.card_password")}}
	for _, p := range people {
		m.Cards = append(m.Cards, team.Card{
			Nickname: p.nickname, Account: p.account, Password: p.password, Address: address, QR: string(code),
			Text: say.T("team.card_text", "Shop", shop, "Name", p.nickname, "Address", address, "Account", p.account, "Password", p.password),
		})
		rows = append(rows, []string{p.nickname, address, p.account, p.password})
	}
	if len(people) > 1 {
		var csv strings.Builder
		if err := sheets.Write(&csv, rows); err != nil {
			return err
		}
		m.CSV = csv.String()
	}
	return web.Show(e, team.CardsPage(m), team.CardsPart(m))
}
