package journeys_test

import "testing"

// Whoever may sees a phone number in full, for a reason; it stays for a minute,
// can be copied, and the trail knows of it.
func TestAPhoneNumberIsShownForAReason(t *testing.T) {
	t.Parallel()
	const phone, mail = "13812346027", "wang@example.com"
	d := desk(t)
	a := somebody(t, "owner")
	signIn(a, d, ownerMail)
	a.sees(".status", say("console.presence_online")) // owners begin on line
	v := visitor(t, d, "visitor")
	v.asks("我的茶呢")
	a.opens("我的茶呢")
	fill := func(field, value string) {
		t.Helper()
		name := say("console.field_" + field)
		a.click(".kv .blank", name)
		a.write(".kv input", value)
		a.enter()
		a.misses(".kv input")
	}
	fill("phone", phone)
	a.sees(".kv", "138****6027")
	fill("email", mail)
	a.sees(".kv", "w***@example.com")

	look := func(field string) {
		t.Helper()
		a.click(".kv .see", say("console.reveal", "Name", say("console.field_"+field)))
		a.sees(".why", say("console.reveal_logged"))
	}
	look("phone")
	a.audit()
	a.click(".why .chip", say("console.reveal_contact"))
	a.sees(".kv", phone)
	a.sees(".kv .end", "秒")
	a.audit()
	look("email")
	a.click(".why .chip", say("console.reveal_other"))
	a.write(".why input", "寄电子发票")
	a.enter()
	a.sees(".kv", mail)

	// Editing begins empty where the field is masked, and a mask is never saved.
	a.reload()
	a.sees(".kv", "138****6027")
	if page := ask[string](a.view, "document.documentElement.outerHTML"); containsText(page, phone) || containsText(page, mail) {
		t.Error("shown in full after a reload")
	}
	a.click(".kv .ib", say("console.edit_field", "Name", say("console.field_email")))
	a.until("an empty field with the mask", `document.activeElement.matches(".kv input") && document.activeElement.value === "" && document.activeElement.placeholder === "w***@example.com"`)
	a.enter()
	a.misses(".kv input")
	a.sees(".kv", "w***@example.com")
	if a.heard(phone) || a.heard(mail) {
		t.Error("told on the socket")
	}
}
