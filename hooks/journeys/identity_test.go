package journeys_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestAShopSaysWhoItsVisitorIs(t *testing.T) {
	t.Parallel()
	d := desk(t)
	var list []struct{ ID string }
	if err := json.Unmarshal([]byte(d.run("channel", "list", "--json")), &list); err != nil || len(list) != 1 {
		t.Fatalf("channels: %v, %v", list, err)
	}
	secret := strings.TrimSpace(d.run("channel", "show", list[0].ID, "--secret"))
	sign := hmac.New(sha256.New, []byte(secret))
	sign.Write([]byte("member-42"))
	known := fmt.Sprintf(`Xiaoer("identify", { id: "member-42", hmac: "%s", name: "李女士" })`, hex.EncodeToString(sign.Sum(nil)))

	a := agent(t, d, agentMail)
	site := shop(t, d, fmt.Sprintf("data-channel=%q", list[0].ID))
	come := func(name, call string) *view {
		t.Helper()
		p := somebody(t, name)
		p.visit(site)
		p.until("the widget", `typeof Xiaoer === "function" && Xiaoer.here`)
		ask[any](p.view, call)
		p.launch()
		return p.in("/chat?")
	}

	v := come("at-home", known)
	v.arrived()
	v.asks("我的会员价怎么没有了？")
	a.opens("李女士")
	a.sees("#customer", say("console.known"))
	a.answers("我帮您看看")
	v.sees(words, "我帮您看看")

	// On another machine she is the same customer, and her thread is there.
	v = come("on-the-road", known)
	v.arrived()
	v.sees(words, "我帮您看看")
	v.asks("现在可以了")
	a.sees(bubbles, "现在可以了")
	if rows := a.texts(row); len(rows) != 1 {
		t.Errorf("%d rows for one customer", len(rows))
	}

	// Nobody becomes her by saying so.
	v = come("liar", `Xiaoer("identify", { id: "member-42", hmac: "`+strings.Repeat("0", 64)+`", name: "李女士" })`)
	v.sees("#line", say("chat.line_identity"))
	if said := ask[string](v, "document.body.innerText"); containsText(said, "我帮您看看") {
		t.Error("a stranger read the thread")
	}
}

func containsText(page, text string) bool { return strings.Contains(page, text) }
