package notices

import "time"

// wecom is 企业微信's group robot, as https://developer.work.weixin.qq.com/document/path/91770
// describes it: the key in the address is all there is, nothing is signed; a
// markdown message has up to 4,096 bytes; a robot says up to twenty a minute.
// The codes are of /document/path/90313.
var wecom = product{
	path: "/cgi-bin/webhook/send", key: "key", body: inWeCom, code: "errcode", text: "errmsg", pauses: time.Minute,
	means: map[int]string{
		-1: troubleBusy, 45009: troubleLimited, 45033: troubleLimited, 93000: troubleGone, 93004: troubleStopped, 93008: troubleAddress,
		40058: troubleContent,
	},
}

func inWeCom(m message) map[string]any {
	return map[string]any{"msgtype": "markdown", "markdown": map[string]any{"content": m.markdown("\n")}}
}
