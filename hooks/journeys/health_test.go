package journeys_test

import "testing"

// The owner sees how the desk is. The page itself opens a socket, as a customer's
// does, and tells by what it finds.
func TestOwnerExaminesTheDesk(t *testing.T) {
	t.Parallel()
	d, p := desk(t), somebody(t, "owner")
	signIn(p, d, ownerMail)
	p.visit(d.url("/admin/health"))
	p.sees("#check-socket[data-tone=g] [data-say]", say("health.socket_ok"))
	p.sees("#check-clock[data-tone=g] [data-say]", say("health.clock_ok"))
	p.sees("#check-address[data-tone=g] [data-say]", say("health.address_local"))
	p.sees("#check-sockets", "员工")
	p.click("[data-test=socket]", "")
	p.sees("#check-socket .hl-value", "ms")
	p.until("the verdict to be there", `/处理|正常/.test(document.querySelector("#verdict b").textContent)`)
	// what there is no mail server for is said, and where to enter one
	p.sees("#check-mail .hl-do", "设置")
	p.sees("#check-mail a[href='/admin/settings/mail']", "")
}
