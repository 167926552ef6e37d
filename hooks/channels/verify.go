package channels

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Identity is a visitor as the shop's own site knows them, vouched for with one
// of the channel's secrets. Only ID (and Exp) is signed: Name and Avatar are
// for display and prove nothing.
type Identity struct {
	ID     string `json:"id"`
	Exp    int64  `json:"exp,omitempty"` // Unix seconds; 0 for a signature that never ends
	HMAC   string `json:"hmac"`
	Name   string `json:"name,omitempty"`
	Avatar string `json:"avatar,omitempty"`
}

const longestID = 200 // as contacts.identity

// endsLikeExp finds ids that read as another id with its expiry: a signature
// over "7.1900000000" must not speak for both the customer 7 until that second
// and a customer of that very name.
var endsLikeExp = regexp.MustCompile(`\.[0-9]{9,}$`)

// Verify reports whether the shop vouches for the identity at now. Whatever is
// wrong with it is refused alike: the caller must not go on as if the visitor
// were anonymous.
func Verify(c *Channel, i Identity, now time.Time) error {
	refused := fail.New(fail.Forbidden, "channels.identity_refused").On("identity")
	if !i.plausible() {
		return refused
	}
	if i.Exp != 0 && now.Unix() >= i.Exp {
		return fail.New(fail.Forbidden, "channels.identity_expired").On("identity")
	}
	ok := false
	for _, s := range c.Secrets() {
		if s.Text != "" && s.valid(now) && hmac.Equal([]byte(i.HMAC), []byte(Sign(s.Text, i.ID, i.Exp))) {
			ok = true // and the others are tried all the same, in the same time
		}
	}
	if !ok {
		return refused
	}
	return nil
}

// plausible reports whether a signature over the identity could mean it alone.
func (i Identity) plausible() bool {
	if i.ID == "" || utf8.RuneCountInString(i.ID) > longestID {
		return false
	}
	return i.Exp > 0 || i.Exp == 0 && !endsLikeExp.MatchString(i.ID)
}

// Sign is the hmac of an identity, as the shop's site makes it: lowercase hex
// HMAC-SHA256 over "id", or "id.exp" where exp is not 0.
func Sign(secret, id string, exp int64) string {
	signed := id
	if exp != 0 {
		signed += "." + strconv.FormatInt(exp, 10)
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed))
	return hex.EncodeToString(mac.Sum(nil))
}
