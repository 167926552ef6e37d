package notices

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/outbound"
)

// product is a messenger whose groups take robots: how it wants something said
// and signed, and what its answers mean. All three answer 200 to what they have
// not taken; the truth is in the body.
type product struct {
	path   string // that a robot's address has, or begins with where key is ""
	key    string // the parameter of the address that is the robot's token; "" where it is the path's last part
	body   func(m message) map[string]any
	sign   func(u *url.URL, body map[string]any, secret string, now time.Time) // nil where nothing is signed
	code   string                                                              // of the answer, 0 for "said"
	text   string                                                              // of the answer, for people
	means  map[int]string                                                      // code → key of a trouble
	pauses time.Duration                                                       // after it was told too much
}

var products = map[Kind]product{WeCom: wecom, DingTalk: dingtalk, Feishu: feishu}

// productOf is whose address u is by its path, "" for nobody's. The host is not
// looked at: large companies run these products themselves.
func productOf(u *url.URL) Kind {
	for k, p := range products {
		switch {
		case p.key == "" && strings.HasPrefix(u.Path, p.path) && len(u.Path) > len(p.path), p.key != "" && u.Path == p.path && u.Query().Get(p.key) != "":
			return k
		}
	}
	return ""
}

// speak says m through p, and returns what was wrong; nil where it was said.
func (p product) speak(ctx context.Context, app core.App, to target, m message, now time.Time) *Trouble {
	r, err := p.request(to, m, now)
	if err != nil {
		return troubleOf(err)
	}
	a, err := outbound.Do(ctx, app, r)
	if err != nil {
		return troubleOf(err)
	}
	return p.verdict(a)
}

func (p product) request(to target, m message, now time.Time) (*http.Request, error) {
	u, err := url.Parse(to.address)
	if err != nil {
		return nil, err
	}
	body := p.body(m)
	if p.sign != nil && to.secret != "" {
		p.sign(u, body, to.secret, now)
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("message: %w", err)
	}
	r, err := http.NewRequest(http.MethodPost, u.String(), bytes.NewReader(raw)) //nolint:noctx // outbound.Do brings the context
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	return r, nil
}

// verdict reads an answer.
func (p product) verdict(a *outbound.Answer) *Trouble {
	if a.Status == http.StatusTooManyRequests {
		return &Trouble{Key: troubleLimited, Code: a.Status}
	}
	if a.Status < 200 || a.Status > 299 {
		return &Trouble{Key: "notices.trouble_status", Code: a.Status}
	}
	var answer map[string]any
	if json.Unmarshal(a.Body, &answer) != nil {
		return &Trouble{Key: "notices.trouble_odd"}
	}
	code, err := strconv.Atoi(fmt.Sprint(cmp.Or(answer[p.code], answer["StatusCode"]))) // Feishu's older robots know the latter alone
	text, _ := answer[p.text].(string)
	switch {
	case err != nil:
		return &Trouble{Key: "notices.trouble_odd"}
	case code == 0:
		return nil
	}
	return &Trouble{Key: p.meaning(code, text), Code: code, Text: text}
}

// meaning is the trouble that an answer stands for. Codes are reused and change;
// where they say nothing, the words may.
func (p product) meaning(code int, text string) string {
	text = strings.ToLower(text)
	says := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
	}
	switch {
	case says("too fast", "freq", "too many", "limited"):
		return troubleLimited
	case p.means[code] != "":
		return p.means[code]
	case says("keyword", "key words"):
		return troubleKeyword
	case says("sign", "timestamp"):
		return troubleSign
	case says("whitelist", "ip not allowed"):
		return troubleAddress
	case says("token"):
		return troubleGone
	}
	return "notices.trouble_refused"
}
