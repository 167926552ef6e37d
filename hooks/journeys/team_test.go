package journeys_test

import (
	"testing"
)

// An owner adds a colleague, who signs in with what is on the card, has to
// choose a password of their own, and serves.
func TestAnInvitedColleagueServes(t *testing.T) {
	t.Parallel()
	d := desk(t)
	owner := somebody(t, "owner")
	signIn(owner, d, ownerMail)
	owner.visit(d.url("/admin/staff"))
	owner.click(".ad-tools .pri", say("team.add"))
	owner.write("[name=nickname]", "客服小新")
	owner.sees(".tm-preview [data-name]", "客服小新")
	owner.write("[name=phone]", "13900000001")
	owner.click(".ad-save .pri", say("team.add_save"))
	owner.sees(".tm-card", "13900000001")
	word := ask[string](owner.view, `document.querySelector("[data-password]").textContent`)
	address := ask[string](owner.view, `document.querySelector(".tm-card dd").textContent`)

	p := somebody(t, "newcomer")
	p.visit(address)
	p.write("[name=identity]", "13900000001")
	p.write("[name=password]", word)
	p.click("button.pri", say("access.sign_in_button"))
	p.until("the new password", `location.pathname === "/password"`)
	p.visit(d.url("/desk")) // nothing else before it
	p.until("the new password again", `location.pathname === "/password"`)
	p.write("[name=password]", "my-own-lantern-9")
	p.click("button.pri", say("access.password_button"))
	p.sees(".list h1", say("console.conversations"))
	p.click(".callout .btn", say("console.start_serving"))
	p.sees(".status", say("console.presence_online"))
	v := visitor(t, d, "visitor")
	v.asks("新来的在吗？")
	p.opens("新来的在吗？")
	p.answers("在的，我是小新")
	v.sees(words, "在的，我是小新")
	v.sees("#who", "客服小新")
}

// Three colleagues come in from a sheet, each with a card.
func TestThreeColleaguesComeFromASheet(t *testing.T) {
	t.Parallel()
	d := desk(t)
	owner := somebody(t, "owner")
	signIn(owner, d, ownerMail)
	owner.visit(d.url("/admin/staff/import"))
	owner.write("#import [name=text]", "昵称,手机号,角色\n小一,13900000001,客服\n小二,13900000002,主管\n小三,13900000003,\n")
	owner.click(".ad-save .btn", say("team.import_check"))
	owner.sees(".tm-import", "小三")
	owner.click(".tm-import .pri", say("team.import_all", "Count", 3))
	owner.until("three cards", `document.querySelectorAll(".tm-card").length === 3`)
	owner.visit(d.url("/admin/staff?q=1390000000"))
	owner.until("three rows", `document.querySelectorAll(".tm-staff tbody tr").length === 3`)
}

// A role loses a right: the owner is told whom it affects, and it is gone from
// their page.
func TestARoleLosesARight(t *testing.T) {
	t.Parallel()
	d := desk(t)
	owner, agent := somebody(t, "owner"), somebody(t, "agent")
	signIn(owner, d, ownerMail)
	owner.visit(d.url("/admin/roles/new"))
	owner.write("[name=name]", "班长")
	owner.click("[value='staff.see']", "")
	owner.click(".ad-save .pri", say("team.role_add"))
	owner.sees("table", "班长")
	d.run("staff", "role", agentMail, "班长")
	signIn(agent, d, agentMail)
	agent.visit(d.url("/admin/staff"))
	agent.sees(".tm-staff", ownerName)

	owner.visit(d.url("/admin/roles"))
	owner.click("table a", "班长")
	owner.sees(".tm-area", "")
	owner.click("[value='staff.see']", "")
	owner.click(".ad-save .pri", say("team.save"))
	owner.sees(".ad-conflict", agentName)
	owner.click(".ad-conflict .pri", say("team.review_sure"))
	owner.sees(".ad-flash", "班长")
	agent.visit(d.url("/admin/staff"))
	agent.misses(".tm-staff")
}
