// Package mask hides the middle of what is personal: 138****6027,
// w***@example.com. What is masked is still told apart by whoever knows it, and
// of no use to anybody else.
//
// Whatever leaves the program for a screen, a list, a file or a socket goes
// through here; the full value has one way out, on which it is asked why and
// written down. The package does not know who may take it.
package mask

import (
	"regexp"
	"strings"
	"unicode"
)

const stars = "****"

// Phone hides a phone number, however it is written: its beginning and its end
// stay, and less of them where the number is short.
func Phone(number string) string {
	country, digits := split(number)
	n := len(digits)
	switch {
	case n >= 11:
		return country + digits[:3] + stars + digits[n-4:]
	case n >= 7:
		return country + digits[:2] + stars + digits[n-2:]
	case n > 3:
		return country + strings.Repeat("*", n-2) + digits[n-2:]
	default:
		return country + strings.Repeat("*", n)
	}
}

// split parts China's country code from the digits of a number; that of any
// other country stays with them.
func split(number string) (country, digits string) {
	digits = strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return '0' + digit(r)
		}
		return -1
	}, number)
	bare := strings.TrimLeft(number, " (")
	plus := strings.HasPrefix(bare, "+") || strings.HasPrefix(bare, "＋")
	switch {
	case plus && strings.HasPrefix(digits, "86"):
		return "+86 ", digits[2:]
	case strings.HasPrefix(digits, "0086"):
		return "+86 ", digits[4:]
	case plus:
		return "+", digits
	}
	return "", digits
}

// digit is what a digit of any script counts, as in "１３８".
func digit(r rune) rune {
	for zero := r; ; zero-- {
		if !unicode.IsDigit(zero-1) || r-zero == 9 {
			return r - zero
		}
	}
}

// Email hides an address: its first letter, if there are more, and its domain
// stay.
func Email(address string) string {
	if address == "" {
		return ""
	}
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return "***"
	}
	local := []rune(address[:at])
	if len(local) < 2 {
		return "***" + address[at:]
	}
	return string(local[:1]) + "***" + address[at:]
}

// What in a longer text is a mobile number of China's, or an address. In an
// address of the web "@" may be written otherwise.
var (
	mobile  = regexp.MustCompile(`(?:(?:\+|%2[Bb]|00)86[ -]?)?\b1[3-9]\d[ -]?\d{4}[ -]?\d{4}\b`)
	address = regexp.MustCompile(`[\w.+-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+`)
	number  = regexp.MustCompile(`^[+＋]?[\d() -]{7,20}$`)
)

// Within hides every mobile number and e-mail address in a text or in an address
// of the web, and a text that is nothing but a phone number. Everything else
// stays: ids are for telling people apart.
func Within(text string) string {
	if number.MatchString(text) {
		return Phone(text)
	}
	text = address.ReplaceAllStringFunc(text, func(found string) string {
		if local, domain, ok := strings.Cut(found, "%40"); ok {
			return strings.Replace(Email(local+"@"+domain), "@", "%40", 1)
		}
		return Email(found)
	})
	return mobile.ReplaceAllStringFunc(text, Phone)
}

// Text hides all of a text but its first letter, however long it is: what it is,
// a birthday, a number, an address, nobody can tell here.
func Text(text string) string {
	for _, first := range text {
		return string(first) + stars
	}
	return ""
}
