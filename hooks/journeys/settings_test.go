package journeys_test

import "testing"

// TestSettingsStayWithThePerson: an agent chooses how the console sends and
// sounds, and finds it so in another browser.
func TestSettingsStayWithThePerson(t *testing.T) {
	t.Parallel()
	d := desk(t)
	a := agent(t, d, agentMail)
	a.settles()
	a.audit()
	for _, width := range []int64{1180, 390} {
		a.resize(width)
		if over := a.overflows(); over > 0 {
			t.Errorf("settings are %v px wider than a window of %d", over, width)
		}
	}
	a.resize(1440)
	a.click("[name=enter][value=mod]", "")
	a.click("[name=sound][value=drop]", "")
	a.click(".settle-s", say("settle.ring_reminders"))
	a.click(".settle .dlg-f .pri", "")
	a.misses("dialog")

	elsewhere := somebody(t, "at home")
	signIn(elsewhere, d, agentMail) // which ends the other sign-in
	elsewhere.visit(d.url("/desk"))
	elsewhere.sees(".status", "")
	elsewhere.settles()
	elsewhere.until("what was chosen", `document.querySelector("[name=enter][value=mod]").checked && document.querySelector("[name=sound][value=drop]").checked`)
	elsewhere.until("what is quiet", `!all(".settle-s", "`+say("settle.ring_reminders")+`")[0].querySelector("input").checked && all(".settle-s", "`+say("settle.ring_messages")+`")[0].querySelector("input").checked`)
	elsewhere.click(".settle .dlg-f .pri", "")
	elsewhere.misses("dialog")
}

// settles opens the console's settings.
func (v *view) settles() {
	v.p.t.Helper()
	v.click(".rail .me", "")
	v.click(".menu button", say("console.settings"))
	v.sees(".settle", "")
}
