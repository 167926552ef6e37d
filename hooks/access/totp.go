package access

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // what every authenticator computes; HMAC does not need more of it
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// Codes as RFC 6238 and every authenticator have them: six digits, a step of
// thirty seconds. A clock may be one step off.
const (
	codeStep = 30 * time.Second
	skew     = 1
)

var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

// stepOf is the time step at which code is right at now, 0 where it is none.
func stepOf(secret []byte, code string, now time.Time) int64 {
	options := hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
	present := now.Unix() / int64(codeStep.Seconds())
	found := int64(0)
	for step := present - skew; step <= present+skew; step++ {
		ok, err := hotp.ValidateCustom(code, uint64(step), base32Text.EncodeToString(secret), options) //nolint:gosec // after 1970
		if err == nil && ok {
			found = step
		}
	}
	return found
}

// enrolment is the secret that a person is offered during one sign-in. It is
// derived, so that a page that is only looked at keeps nothing.
func enrolment(key []byte, signIn string) []byte {
	mac := hmac.New(sha1.New, key)
	_, _ = fmt.Fprintf(mac, "two-step sign-in\n%s", signIn) // a hash never fails
	return mac.Sum(nil)
}

// otpAddress is what the QR code says to an authenticator.
func otpAddress(secret []byte, shop, account string) string {
	name := strings.ReplaceAll(shop, ":", " ")
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + name + ":" + account}
	u.RawQuery = "secret=" + base32Text.EncodeToString(secret) + "&issuer=" + url.PathEscape(name)
	return u.String()
}

// spelled is a secret to be typed, in groups of four.
func spelled(secret []byte) string {
	text := base32Text.EncodeToString(secret)
	var groups []string
	for ; len(text) > 4; text = text[4:] {
		groups = append(groups, text[:4])
	}
	return strings.Join(append(groups, text), " ")
}

// Recovery codes are sixty random bits, in letters and digits that are hard to
// confuse.
const (
	recoveryCodes  = 10
	recoveryLength = 12
)

func newRecoveryCodes() []string {
	codes := make([]string, recoveryCodes)
	for i := range codes {
		text := strings.ToLower(rand.Text())[:recoveryLength]
		codes[i] = text[:4] + "-" + text[4:8] + "-" + text[8:]
	}
	return codes
}

// tidy drops what people write between the parts of a code.
func tidy(code string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "\u3000", "").Replace(code))
}

func isRecoveryCode(code string) bool { return len(tidy(code)) == recoveryLength }

// isCode reports whether a text has the form of a code, of either kind.
func isCode(text string) bool {
	text = tidy(text)
	return len(text) == recoveryLength || len(text) == 6 && strings.Trim(text, "0123456789") == ""
}

// recoveryHash is what is kept of a recovery code. It has too many bits to be
// guessed, so that a fast hash does.
func recoveryHash(staff, code string) string {
	sum := sha256.Sum256([]byte(staff + "\n" + tidy(code)))
	return hex.EncodeToString(sum[:])
}
