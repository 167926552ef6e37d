package journeys_test

import (
	"strings"
	"testing"
)

// The owner backs the shop up, regrets what came later, and goes back: the desk
// starts anew and is as it was.
func TestShopGoesBackToItsBackup(t *testing.T) {
	t.Parallel()
	d, p := desk(t), somebody(t, "owner")
	d.stop()
	d.start() // on a port that it will ask for again
	signIn(p, d, ownerMail)
	p.visit(d.url("/admin/backups"))
	p.click(".ad-head button", "")
	p.sees("#now .bk-ok", "")
	p.sees("#now tbody tr", "")

	p.write("#keep", "1") // in front of the 7 that is there
	p.click("#plan button", "")
	p.sees(".ad-flash", "")

	p.click("#now tbody tr:first-child button", say("backup.verify"))
	p.sees("#now .bk-ok", say("backup.done_verify"))

	p.click("#now tbody tr:first-child button", say("backup.restore"))
	p.click("dialog [value=yes]", "")
	d.await("the desk to start anew", func() bool { return strings.Count(d.out.String(), "Running.") == 2 })
	p.visit(d.url("/admin/backups"))
	p.sees("#now tbody tr", "")
	p.until("what came later to be gone", `document.querySelector("#keep").value === "7"`)
}
