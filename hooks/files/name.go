package files

import (
	"fmt"
	"path"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxName      = 200 // bytes; file systems take 255, and a copy gets " (2)"
	maxExtension = 16
	joiner       = '\u200d' // keeps 👩‍🔧 one character
)

// reserved are the names that Windows gives to devices, with any extension.
var reserved = regexp.MustCompile(`(?i)^(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³])\s*(\.|$)`)

// Clean makes a sender's name for a file harmless to show, to log, to send in a
// header and to save under, and changes no other. It keeps no folder, nothing
// invisible (such as the mark that makes exe.jpg of gpj.exe), nothing that a
// system reserves, and at most 200 bytes, the extension among them. It is never
// empty. What is clean stays as it is.
func Clean(name string) string {
	name = strings.ToValidUTF8(name, "_")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = trim(strings.Map(visible, name))
	if len(name) > maxName {
		name = shorten(name)
	}
	if name == "" {
		return "file"
	}
	if reserved.MatchString(name) {
		return "_" + name
	}
	return name
}

func visible(r rune) rune {
	switch {
	case r == joiner:
		return r
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), r == '\ufffe', r == '\uffff':
		return -1
	case strings.ContainsRune(`<>:"|?*`, r):
		return '_'
	default:
		return r
	}
}

// trim takes away the dot that hides a file, and what Windows drops at the end.
func trim(name string) string {
	return strings.TrimRight(strings.TrimLeft(name, ". \u200d"), ". \u200d")
}

func shorten(name string) string {
	ext := path.Ext(name)
	if len(ext) > maxExtension {
		ext = ""
	}
	stem := strings.TrimSuffix(name, ext)
	cut := min(maxName-len(ext), len(stem))
	for cut > 0 && cut < len(stem) && !utf8.RuneStart(stem[cut]) {
		cut--
	}
	return trim(trim(stem[:cut]) + ext)
}

// disposition is the Content-Disposition header (RFC 6266) for a clean name:
// exact for every browser of today (RFC 5987), with a plain one for others.
func disposition(how, name string) string {
	var fallback, exact strings.Builder
	for _, r := range name {
		if r < utf8.RuneSelf && r != '%' && r != '\\' && r != '"' {
			fallback.WriteRune(r)
		} else {
			fallback.WriteByte('_')
		}
	}
	for i := range len(name) {
		if c := name[i]; attrChar(c) {
			exact.WriteByte(c)
		} else {
			fmt.Fprintf(&exact, "%%%02X", c)
		}
	}
	return fmt.Sprintf(`%s; filename="%s"; filename*=UTF-8''%s`, how, fallback.String(), exact.String())
}

// attrChar is what RFC 5987 lets stand for itself.
func attrChar(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || strings.IndexByte("!#$&+-.^_`|~", c) >= 0
}
