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

// The owner has the shop followed: what does not work is said at its field, and
// what works is in step soon. A file that is no backup changes nothing.
func TestOwnerKeepsAWarmCopy(t *testing.T) {
	t.Parallel()
	p := owner(t, desk(t), "/admin/backups")
	p.click("#warm label:has([name=warm])", "")
	p.write("#to", "/nowhere/nas")
	p.click("#warm button", "")
	p.sees("#warm", say("backup.trouble_folder"))
	p.writes("#to", t.TempDir())
	p.click("#warm button", "")
	p.sees(".ad-flash", say("backup.replica_saved"))
	p.sees("#warm-now .tag.g", "")
	p.sees("#warm-now code", "xiaoer restore --from")

	ask[any](p.view, `(() => {
		const files = new DataTransfer(), input = document.querySelector("[data-restore] input");
		files.items.add(new File(["no backup at all"], "shop.zip"));
		input.files = files.files;
		input.dispatchEvent(new Event("change"));
	})()`)
	p.click("dialog [value=yes]", "")
	p.sees("[data-restore] .bk-bad", say("backup.trouble_not_sealed"))
}
