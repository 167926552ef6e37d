package journeys_test

import "testing"

// The owner is told what a rule would remove before it is saved, and sees what
// takes up the disk.
func TestOwnerDecidesHowLongThingsAreKept(t *testing.T) {
	t.Parallel()
	d, p := desk(t), somebody(t, "owner")
	signIn(p, d, ownerMail)
	p.visit(d.url("/admin/retention"))
	p.sees(".rn-meter", say("retention.kind_uploads"))
	p.sees(".rn-meter small", "搜索索引") // which takes a look at every page of the database
	p.misses("#effects .st-warn")
	ask[any](p.view, `(() => { const field = document.querySelector("[name=conversations]"); field.value = "12"; field.dispatchEvent(new Event("change", { bubbles: true })); })()`)
	p.sees("#effects .st-warn", say("retention.conversations"))
	p.click(".ad-save .pri", "")
	p.sees(".ad-flash", say("retention.saved"))
	p.until("the rule to be kept", `document.querySelector("[name=conversations]").value === "12"`)
}
