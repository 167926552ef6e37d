// Package hooks assembles the program: it decides which features there are and
// in which order they bind to PocketBase. It is the table of contents.
package hooks

import (
	"slices"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/admin"
	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/backup"
	"github.com/dianxiaoer/xiaoer/hooks/bench"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/channels/widget"
	"github.com/dianxiaoer/xiaoer/hooks/console"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/demo"
	"github.com/dianxiaoer/xiaoer/hooks/escalation"
	"github.com/dianxiaoer/xiaoer/hooks/export"
	"github.com/dianxiaoer/xiaoer/hooks/files"
	"github.com/dianxiaoer/xiaoer/hooks/health"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
	"github.com/dianxiaoer/xiaoer/hooks/ops"
	"github.com/dianxiaoer/xiaoer/hooks/outbound"
	"github.com/dianxiaoer/xiaoer/hooks/outbox"
	"github.com/dianxiaoer/xiaoer/hooks/protocol"
	"github.com/dianxiaoer/xiaoer/hooks/quickreplies"
	"github.com/dianxiaoer/xiaoer/hooks/reminders"
	"github.com/dianxiaoer/xiaoer/hooks/retention"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
	"github.com/dianxiaoer/xiaoer/hooks/search"
	"github.com/dianxiaoer/xiaoer/hooks/seed"
	"github.com/dianxiaoer/xiaoer/hooks/setup"
	"github.com/dianxiaoer/xiaoer/hooks/sla"
	"github.com/dianxiaoer/xiaoer/hooks/team"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// Config is what the program's flags and environment say.
type Config = ops.Config

// Register binds every feature to app, down to up: what comes later may know
// what stands above it. The returned table lists every route and live command.
func Register(app core.App, c *Config) *web.Table {
	t := &web.Table{}
	// the ground
	web.Register(app, t, c.Web())
	outbox.Register(app)
	outbound.Register(app, c.Outbound)
	files.Register(app)
	// who did, who may, who is told
	audit.Register(app)
	access.Register(app, t, c.Unlimited)
	notices.Register(app)
	// the spine
	channels.Register(app, t)
	customers.Register(app)
	conversations.Register(app)
	// features
	routing.Register(app, t)
	reminders.Register(app, t)
	sla.Register(app, t)
	escalation.Register(app, t)
	notices.RegisterPages(app, t)
	quickreplies.Register(app, t)
	protocol.Register(app, t, c.Unlimited)
	search.Register(app, t)
	widget.Register(app, t)
	backup.Register(app, t, backup.Config{Program: ops.Version(), Restart: ops.Restart, Replica: c.Replica})
	// surfaces
	admin.Register(app, t)
	console.Register(app, t)
	export.Register(app, t)
	team.Register(app, t)
	setup.Register(app, t)
	retention.Register(app, t)
	health.Register(app, t, health.Config{Version: ops.Version(), Metrics: c.Metrics, Token: c.MetricsToken, Faults: ops.Faults})
	ops.Register(app, t, c, setup.Invite)
	return t
}

// Commands are the program's commands beside serve.
func Commands(app *pocketbase.PocketBase, t *web.Table, c *Config) []*cobra.Command {
	by := audit.By(app, audit.AtTheMachine())
	return slices.Concat(setup.Commands(by), access.Commands(by), audit.Commands(by),
		[]*cobra.Command{channels.Command(by), demo.Command(open), seed.Command(by), ops.WithoutData(bench.Command())}, backup.Commands(app, ops.Version(), c.Replica), ops.Commands(app, t))
}

// open makes another program beside this one.
func open(c *Config) (*pocketbase.PocketBase, *web.Table) {
	app := ops.App(c)
	return app, Register(app, c)
}
