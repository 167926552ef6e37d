package journeys_test

import (
	"fmt"
	"testing"
	"time"
)

func TestAQuestionAsksWithAForm(t *testing.T) {
	t.Parallel()
	d := desk(t)
	p := owner(t, d, "/admin/channels")
	p.click(".ad-who a", shopName)
	p.click("[data-entries]>div>[data-row-add]", "")
	last := "[data-entries]>ol>[data-row]:last-child"
	p.write(last+" .txt", "申请售后")
	p.click(last+" .ch-form summary", "")
	for i, f := range [][2]string{{"说明", "text"}, {"订单号", "order"}, {"问题类型", "choice"}, {"电话", "phone"}} {
		p.click(last+" [data-fields] [data-row-add]", "")
		row := fmt.Sprintf("%s [data-fields] [data-row]:nth-child(%d)", last, i+1)
		p.write(row+" .txt", f[0])
		p.picks(row+" select", f[1])
	}
	p.write(last+" [data-row]:nth-child(3) .ch-choices", "质量问题\n少发漏发")
	p.click(last+" [data-row]:nth-child(4) .ad-check input", "")    // may be left out
	p.click(last+" [data-row]:nth-child(2) [data-row-move=up]", "") // the order number first
	p.click(last+" [data-fields] [data-row-add]", "")               // one too many
	p.click(last+" [data-row]:nth-child(5) [data-row-remove]", "")  // and gone
	frame := p.in("/chat?preview")
	frame.click(".vc-faq button", "申请售后") // before anything is saved
	frame.sees(".vc-leave", "少发漏发")
	p.click(".ad-save .pri", "")
	p.sees(".ad-flash", say("channels.saved"))

	a := agent(t, d, agentMail)
	v := visitor(t, d, "visitor")
	v.click(".vc-faq button", "申请售后")
	v.write(".vc-leave textarea", "算了")
	v.click(".vc-leave .plain", say("chat.leave_back"))
	v.misses(".vc-leave textarea")
	v.click(".vc-faq button", "申请售后")
	v.click(".vc-leave .vc-btn", say("chat.form_send"))
	v.sees(".vc-field .vc-err", say("chat.form_missing"))
	v.sees(".vc-choose .vc-err", say("chat.form_choose"))
	v.write(".vc-leave input[autocapitalize]", "我忘了")
	v.write(".vc-leave textarea", "少了一罐")
	v.click(".vc-choose label", "少发漏发")
	v.p.reload() // what was written is still there
	v.arrived()
	v.until("the draft", `document.querySelector(".vc-leave textarea")?.value === "少了一罐" && document.querySelector(".vc-choose input:checked")?.value === "少发漏发"`)
	v.write(".vc-leave input[type=tel]", "138 1234 6027")
	v.click(".vc-leave .vc-btn", say("chat.form_send"))
	v.sees(".vc-field .vc-err", say("conversations.field_order")) // the server's word, on the field
	v.until("an empty field", `(() => { const el = document.querySelector(".vc-leave input[autocapitalize]"); el.value = ""; return true; })()`)
	v.write(".vc-leave input[autocapitalize]", "HY20261127-0001")
	v.click(".vc-leave .vc-btn", say("chat.form_send"))
	v.misses(".vc-leave textarea")
	v.sees(words, "订单号：HY20261127-0001\n说明：少了一罐\n问题类型：少发漏发\n电话：138****6027")
	a.opens("申请售后")
	a.sees(".msgs .filled-h", "申请售后")
	a.reads(".msgs .filled dd", "HY20261127-0001", "少了一罐", "少发漏发", "138****6027")
}

func TestHoursWithHolidaysSayWhenSomebodyIsBack(t *testing.T) {
	t.Parallel()
	d := desk(t)
	p := owner(t, d, "/admin/channels")
	p.click(".ad-who a", shopName)
	p.click("[name=hours_mode][value=week]", "")
	p.click(".hr-day:first-child [data-hours-add]", "")
	p.until("a shift more", `document.querySelectorAll(".hr-day:first-child .hr-span").length === 2`)
	p.click(".hr-day:first-child .hr-span:nth-of-type(2) [data-hours-remove]", "")
	p.click("[name=hours_mode][value=always]", "")
	now := time.Now().In(time.FixedZone("CST", 8*3600))
	notice := fmt.Sprintf("%s（今天）至%s放假调休，共1天。\n%s 10:00-16:00 上班。", now.Format("2006年1月2日"), now.Format("1月2日"), now.AddDate(0, 0, 1).Format("2006年1月2日"))
	p.click(".hr-notice summary", "")
	p.write("[data-hours-notice]", notice)
	p.click("[data-hours-read]", "")
	p.until("both days", `document.querySelectorAll(".hr-dates li").length === 2`)
	p.sees(".hr-dates .own .hr-when", now.AddDate(0, 0, 1).Format(time.DateOnly))
	p.click(".ad-save .pri", "")
	p.sees(".ad-flash", say("channels.saved"))
	p.visit(d.url("/admin/channels"))
	p.click(".ad-who a", shopName)
	p.sees(".hr-today", "是休息日")
	p.sees(".hr-today", "明天 10:00")

	v := visitor(t, d, "visitor")
	v.asks("在吗")
	v.sees(words, "我们明天 10:00上班")
	v.click(".vc-leave .vc-btn", say("chat.leave"))
	v.write(".vc-leave textarea", "请帮我查一下保修")
	v.click(".vc-leave .vc-btn", say("chat.leave_send"))
	v.sees(".vc-que", say("chat.left_title"))
}
