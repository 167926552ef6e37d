// Command xiaoer is the customer-service desk of a small online shop, in one
// executable. "xiaoer serve" starts it; "xiaoer help" lists the rest.
package main

import (
	"fmt"
	"os"

	"github.com/dianxiaoer/xiaoer/hooks"
	"github.com/dianxiaoer/xiaoer/hooks/ops"
	_ "github.com/dianxiaoer/xiaoer/pb_migrations" // the schema
)

func main() { os.Exit(run()) }

func run() int {
	config, err := ops.ReadConfig(os.Args[1:], os.Environ())
	if err != nil {
		fmt.Fprintln(os.Stderr, "xiaoer:", err)
		return 2
	}
	app := ops.App(config)
	table := hooks.Register(app, config)
	return ops.Run(app, config, hooks.Commands(app, table, config)...)
}
