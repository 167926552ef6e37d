package access

import (
	"strings"

	"github.com/dianxiaoer/xiaoer/views/locale"
)

// mark is how a browser or a system shows in what it says of itself.
type mark struct{ sign, name string }

// The first that fits counts: most browsers also claim to be others.
var browsers = []mark{
	{"wxwork/", "signin.device_wecom"},
	{"MicroMessenger/", "signin.device_wechat"},
	{"DingTalk/", "signin.device_dingtalk"},
	{"Edg", "Edge"},
	{"OPR/", "Opera"},
	{"QQBrowser/", "signin.device_qq"},
	{"MetaSr", "signin.device_sogou"},
	{"SE 2.X", "signin.device_sogou"},
	{"Quark/", "signin.device_quark"},
	{"UCBrowser/", "UC"},
	{"UBrowser/", "UC"},
	{"HuaweiBrowser/", "signin.device_huawei"},
	{"MiuiBrowser/", "signin.device_miui"},
	{"HeyTapBrowser/", "OPPO"},
	{"VivoBrowser/", "vivo"},
	{"SamsungBrowser/", "Samsung Internet"},
	{"QIHU", "signin.device_360"},
	{"360SE", "signin.device_360"},
	{"Firefox/", "Firefox"},
	{"FxiOS/", "Firefox"},
	{"CriOS/", "Chrome"},
	{"Chrome/", "Chrome"},
	{"Safari/", "Safari"},
}

var systems = []mark{
	{"iPhone", "iPhone"},
	{"iPad", "iPad"},
	{"HarmonyOS", "signin.device_harmony"},
	{"OpenHarmony", "signin.device_harmony"},
	{"Android", "Android"},
	{"Windows", "Windows"},
	{"Mac OS X", "Mac"},
	{"CrOS", "ChromeOS"},
	{"Linux", "Linux"},
}

// DeviceName says in a few words what somebody signed in with. Programs that are
// no browser are named as they name themselves.
func DeviceName(agent string, say locale.Speaker) string {
	browser, system := known(browsers, agent, say), known(systems, agent, say)
	switch {
	case browser != "" && system != "":
		return browser + " · " + system
	case browser != "" || system != "":
		return browser + system
	}
	program, _, _ := strings.Cut(agent, " ")
	if program == "" {
		return say.T("signin.device_unknown")
	}
	return clip(program, 40)
}

func known(marks []mark, agent string, say locale.Speaker) string {
	for _, m := range marks {
		if !strings.Contains(agent, m.sign) {
			continue
		}
		if strings.HasPrefix(m.name, "signin.") {
			return say.T(m.name)
		}
		return m.name
	}
	return ""
}

// isPhone reports whether the device is one for the hand.
func isPhone(agent string) bool {
	return strings.Contains(agent, "Mobile") || strings.Contains(agent, "iPhone") || strings.Contains(agent, "Android")
}
