package journeys_test

import (
	"fmt"
	"sync"
	"testing"
)

// fillIn fills the set-up page in, up to the last button.
func (p *person) fillIn(shop, mail string) {
	p.t.Helper()
	p.write("[name=shop]", shop)
	p.click(".su-c2 input", "")
	p.write("[name=nickname]", ownerName)
	p.write("[name=email]", mail)
	p.write("[name=password]", password)
}

func TestAShopIsSetUpOnOnePage(t *testing.T) {
	t.Parallel()
	d := empty(t)
	p := somebody(t, "owner")
	p.visit(d.invited)
	p.fillIn(shopName, ownerMail)
	p.sees(".su-chat", shopName)
	p.click(".su-go", "")

	p.until("the console", `location.pathname === "/desk"`)
	p.sees(".steps h2", say("console.steps_title"))
	if steps := p.texts(".steps ol > li > b"); len(steps) != 3 {
		t.Errorf("%d next steps: %q", len(steps), steps)
	}
	p.sees(".steps code", "/widget.js")
	p.click(".steps button", say("console.steps_qr"))
	p.shows("dialog .qr img", 1)
	p.escape()
	p.misses("dialog")

	p.click(".steps button", say("console.steps_add"))
	p.write("dialog [name=nickname]", agentName)
	p.write("dialog [name=email]", agentMail)
	p.click("dialog .pri", say("console.colleague_create"))
	p.sees("dialog .invite", agentMail)
	p.click("dialog .btn", say("console.done"))

	chat := ask[string](p.view, `document.querySelector(".steps a[href*='/chat']").href`)
	v := somebody(t, "visitor")
	v.visit(chat)
	v.arrived()
	v.sees("#thread", shopName) // the greeting names the shop
	v.asks("有人吗？")
	p.opens("有人吗？")
	p.answers("在的，您说")
	v.sees(words, "在的，您说")

	late := somebody(t, "late")
	late.visit(d.invited)
	late.sees("h1", say("setup.closed_title"))
	if n := ask[int](late.view, `document.querySelectorAll("form[action^='/setup']").length`); n != 0 {
		t.Error("the set-up link works twice")
	}
	late.click(".btn", say("setup.closed_button"))
	late.sees("h1", say("access.sign_in_lead"))
}

func TestOfTwoWhoSetUpAtOnceOneIsTheOwner(t *testing.T) {
	t.Parallel()
	d := empty(t)
	var both [2]*person
	for i := range both {
		both[i] = somebody(t, fmt.Sprintf("owner-%d", i))
		both[i].visit(d.invited)
		both[i].fillIn(fmt.Sprintf("%d 号店", i), fmt.Sprintf("owner%d@heye.cn", i))
	}
	var wait sync.WaitGroup
	for _, p := range both {
		wait.Go(func() { ask[any](p.view, `document.querySelector(".su-form").requestSubmit()`) })
	}
	wait.Wait()
	winners := 0
	for _, p := range both {
		p.until("an answer", `location.pathname === "/desk" && all(".steps").length || all("h1", `+quote(say("setup.closed_title"))+`).length`)
		if ask[bool](p.view, `location.pathname === "/desk"`) {
			winners++
		}
	}
	if winners != 1 {
		t.Errorf("%d owners", winners)
	}
}
