package web

import (
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/settings"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// Cookies by which a browser remembers how somebody likes to see the program,
// also before they have signed in.
const (
	LanguageCookie = "xiaoer_lang"
	ThemeCookie    = "xiaoer_theme"
)

// Language is the language to answer in: the person's, the browser's cookie,
// its Accept-Language, the shop's.
func Language(e *core.RequestEvent) string {
	if lang, ok := e.Get(keyLanguage).(string); ok {
		return lang
	}
	lang := locale.Match(cookie(e, LanguageCookie), e.Request.Header.Get("Accept-Language"), settings.ShopOf(e.App).Language)
	e.Set(keyLanguage, lang)
	return lang
}

// ChosenLanguage is what somebody has chosen on this browser by hand, the
// default where nothing was.
func ChosenLanguage(e *core.RequestEvent) string { return locale.Match(cookie(e, LanguageCookie)) }

// Speak makes lang the language of the answer, "" leaving it as it is.
func Speak(e *core.RequestEvent, lang string) {
	if lang != "" {
		e.Set(keyLanguage, locale.Match(lang))
	}
}

// Theme is "light", "dark", or "" for the system's.
func Theme(e *core.RequestEvent) string {
	switch theme := cookie(e, ThemeCookie); theme {
	case "light", "dark":
		return theme
	default:
		return ""
	}
}

func cookie(e *core.RequestEvent, name string) string {
	c, err := e.Request.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}
