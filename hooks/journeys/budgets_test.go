package journeys_test

import "testing"

// What a first visit may cost on the wire: all bodies, compressed.
const (
	widgetClosed = 10 << 10
	widgetOpened = 60 << 10
	consoleFirst = 120 << 10
)

func TestPagesAreLight(t *testing.T) {
	t.Parallel()
	d := desk(t)
	within := func(p *person, what string, most float64) {
		t.Helper()
		sum, list := p.weight(d.url(""))
		t.Logf("%s: %.1f KB", what, sum/1024)
		if sum == 0 || sum > most {
			t.Errorf("%s costs %.0f bytes, %.0f at the most:\n%s", what, sum, most, list)
		}
	}
	p := somebody(t, "visitor")
	p.visit(shop(t, d, ""))
	p.until("the widget", `typeof Xiaoer === "function" && Xiaoer.here`)
	within(p, "the widget before it is opened", widgetClosed)
	p.launch()
	p.panel().sees(".vc-faq", "")
	within(p, "the widget when it is opened", widgetOpened)

	s := somebody(t, "agent")
	signIn(s, d, agentMail)
	s.sees(".callout", "")
	s.until("the connection", `performance.getEntriesByType("resource").some((r) => r.name.includes("/api/xiaoer/conversations"))`)
	within(s, "the console with the sign-in page before it", consoleFirst)
}
