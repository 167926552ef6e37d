package notices

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// dingtalk is 钉钉's custom robot, as https://open.dingtalk.com/document/robots/custom-robot-access
// describes it. One that signs (加签) wants the time in milliseconds and
// base64(HMAC-SHA256(secret, time + "\n" + secret)), both in the address; it may
// be an hour off. Twenty messages a minute; one that says more is silent for ten.
// The codes are of /document/orgapp/custom-robots-send-group-messages and the
// list of all codes: 310000 is keyword, signature and network alike, told apart
// by the words beside it.
var dingtalk = product{
	path: "/robot/send", key: "access_token", body: inDingTalk, sign: signDingTalk, code: "errcode", text: "errmsg", pauses: 10 * time.Minute,
	means: map[int]string{
		-1: troubleBusy, 130101: troubleLimited, 410100: troubleLimited, 90030: troubleLimited,
		300001: troubleGone, 300005: troubleGone, 400101: troubleGone, 400106: troubleGone, 400013: troubleGone, 400102: troubleStopped,
		430101: troubleContent, 430102: troubleContent, 430103: troubleContent, 430104: troubleContent,
	},
}

func inDingTalk(m message) map[string]any {
	return map[string]any{"msgtype": "markdown", "markdown": map[string]any{"title": m.title(), "text": m.markdown("\n\n")}}
}

func signDingTalk(u *url.URL, _ map[string]any, secret string, now time.Time) {
	at := strconv.FormatInt(now.UnixMilli(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(at + "\n" + secret))
	q := u.Query()
	q.Set("timestamp", at)
	q.Set("sign", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20") // Encode escapes the signature's own "+"
}
