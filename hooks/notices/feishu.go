package notices

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strconv"
	"time"
)

// feishu is 飞书's, and Lark's, custom bot, as
// https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot describes it.
// One that signs (签名校验) wants the time in seconds and base64(HMAC-SHA256(time
// + "\n" + secret, "")) in the body: what others sign is the key here, and
// nothing is signed. It may be an hour off. A hundred messages a minute and five
// a second; 20 KB each.
var feishu = product{
	path: "/open-apis/bot/v2/hook/", body: inFeishu, sign: signFeishu, code: "code", text: "msg", pauses: time.Minute,
	means: map[int]string{
		11232: troubleLimited, 19001: troubleGone, 19007: troubleStopped, 19021: troubleSign, 19022: troubleAddress, 19024: troubleKeyword,
	},
}

func inFeishu(m message) map[string]any {
	var content [][]map[string]any
	for _, line := range m.lines() {
		content = append(content, []map[string]any{{"tag": "text", "text": line}})
	}
	if m.Link != "" {
		content = append(content, []map[string]any{{"tag": "a", "text": m.LinkText, "href": m.Link}})
	}
	lang := "zh_cn"
	if m.Language == "en" {
		lang = "en_us"
	}
	return map[string]any{
		"msg_type": "post", "content": map[string]any{"post": map[string]any{lang: map[string]any{"title": m.title(), "content": content}}},
	}
}

func signFeishu(_ *url.URL, body map[string]any, secret string, now time.Time) {
	at := strconv.FormatInt(now.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(at+"\n"+secret))
	body["timestamp"], body["sign"] = at, base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
