package files

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/keys"
)

// A key lives between one and two hours: it ends at a full hour, so that a
// picture keeps its address for a while and with it its place in the browser's
// cache.
const (
	keyLife  = 2 * time.Hour
	keyRound = time.Hour
)

// secretFile lies beside the data, readable by the program alone. Without it
// there is a new one, and addresses given out before are dead.
const secretFile = "files.key"

// Key lets one session fetch one file until it ends, without any other
// credential: it is what stands in an <img>'s address. session is the id of a
// sign-in or of a visitor's session, never a token.
func Key(app core.App, file, session string, now time.Time) string {
	secret, err := keys.Of(app, secretFile)
	if err != nil {
		app.Logger().Error("no key for files", "error", err)
		return ""
	}
	return sign(secret, file, session, now.Truncate(keyRound).Add(keyLife))
}

// URL is the address of a file for one session, key included.
func URL(app core.App, file, session string, now time.Time) string {
	return "/files/" + file + "?key=" + url.QueryEscape(Key(app, file, session, now))
}

// CheckKey returns the session that a key was given to. A key that is wrong,
// another file's, or over is [fail.NotFound]. Whether that session still lives
// and may see the file is the caller's to check.
func CheckKey(app core.App, file, key string, now time.Time) (session string, err error) {
	secret, err := keys.Of(app, secretFile)
	if err != nil {
		return "", err
	}
	session, ends, ok := parseKey(key)
	if !ok || !hmac.Equal([]byte(sign(secret, file, session, ends)), []byte(key)) || !now.Before(ends) || ends.Sub(now) > keyLife {
		return "", fail.New(fail.NotFound, "fail.not_found")
	}
	return session, nil
}

func sign(secret []byte, file, session string, ends time.Time) string {
	text := strconv.FormatInt(ends.Unix(), 36) + "." + session
	mac := hmac.New(sha256.New, secret)
	_, _ = fmt.Fprintf(mac, "%s\n%s", file, text) // a hash never fails
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// parseKey splits a key without believing it.
func parseKey(key string) (session string, ends time.Time, ok bool) {
	if len(key) > 200 {
		return "", time.Time{}, false
	}
	first, rest, ok := strings.Cut(key, ".")
	last := strings.LastIndexByte(rest, '.')
	if !ok || last <= 0 {
		return "", time.Time{}, false
	}
	unix, err := strconv.ParseInt(first, 36, 64)
	if err != nil {
		return "", time.Time{}, false
	}
	return rest[:last], time.Unix(unix, 0), true
}
