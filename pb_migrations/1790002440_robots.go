package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Robots speak in a shop's WeCom, DingTalk or Feishu group, or write to a
// mailbox. Address and secret are sealed.
func init() {
	add(func(app core.App) (*core.Collection, error) {
		groups, err := app.FindCollectionByNameOrId("groups")
		if err != nil {
			return nil, err
		}
		address, secret := text("address", 4000), text("secret", 1000)
		address.Hidden, secret.Hidden = true, true
		c := core.NewBaseCollection("robots")
		c.Fields.Add(text("name", 40), choice("kind", "wecom", "dingtalk", "feishu", "mail"), address, secret, flag("enabled"),
			link("groups", groups, 100), object("codes", 4<<10), date("worked"), date("failed"), object("trouble", 4<<10), object("spoke", 4<<10),
			date("deleted"), created(), updated())
		return c, nil
	})
}
