package notices

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/keys"
)

// Collection is where robots are kept.
const Collection = "robots"

// Kind is what a robot speaks through.
type Kind string

// The products whose groups take robots, and a mailbox, which is told the same
// things in the same manner and so is a robot too.
const (
	WeCom    Kind = "wecom"
	DingTalk Kind = "dingtalk"
	Feishu   Kind = "feishu"
	Mail     Kind = "mail"
)

// Kinds are all of them, in the order in which they are shown.
var Kinds = []Kind{WeCom, DingTalk, Feishu, Mail}

// keyFile seals addresses and secrets: whoever has a robot's address can speak
// in the shop's group.
const keyFile = "robots.key"

var _ core.RecordProxy = (*Robot)(nil)

// Robot speaks where the shop's people look when they do not look here.
type Robot struct{ core.BaseRecordProxy }

// trail: that a robot has spoken, or could not, is no act.
var trail = audit.Fields{
	Name: "name", Secret: []string{"address", "secret"}, Ignore: []string{"worked", "failed", "trouble", "spoke"},
	Turns: map[string][2]string{"deleted": {"deleted", "restored"}, "enabled": {"enabled", "disabled"}},
}

func wrap(r *core.Record) *Robot {
	b := &Robot{}
	b.SetProxyRecord(r)
	return b
}

// Name is what the shop calls it.
func (b *Robot) Name() string { return b.GetString("name") }

// Kind is what it speaks through.
func (b *Robot) Kind() Kind { return Kind(b.GetString("kind")) }

// Enabled is whether it speaks.
func (b *Robot) Enabled() bool { return b.GetBool("enabled") }

// Groups are the customer-service groups whose alerts it tells; none means all,
// and those that concern no group too.
func (b *Robot) Groups() []string { return b.GetStringSlice("groups") }

// Codes are the alerts that it tells; none means all.
func (b *Robot) Codes() []string {
	codes, _ := b.codes() // checked when it was saved
	return codes
}

func (b *Robot) codes() (codes []string, err error) {
	if text := b.GetString("codes"); text == "" || text == "null" {
		return nil, nil
	}
	err = b.UnmarshalJSONField("codes", &codes)
	return codes, err //nolint:wrapcheck // its caller says what was being done
}

// Worked is when it last spoke, the zero time if never.
func (b *Robot) Worked() time.Time { return b.GetDateTime("worked").Time() }

// Failed is when it last could not, the zero time if never.
func (b *Robot) Failed() time.Time { return b.GetDateTime("failed").Time() }

// Trouble is why it last could not.
func (b *Robot) Trouble() (t Trouble) {
	_ = b.UnmarshalJSONField("trouble", &t) // written by this package alone
	return t
}

// spoken is when it last spoke of each code, in Unix milliseconds.
func (b *Robot) spoken() map[string]int64 {
	at := map[string]int64{}
	_ = b.UnmarshalJSONField("spoke", &at) // likewise
	return at
}

func (b *Robot) gone() time.Time { return b.GetDateTime("deleted").Time() }

// tells reports whether it is to say w.
func (b *Robot) tells(w Warning) bool {
	codes, groups := b.Codes(), b.Groups()
	return (len(codes) == 0 || slices.Contains(codes, w.Code)) && (len(groups) == 0 || slices.Contains(groups, w.Group))
}

func (b *Robot) begin(k Kind) {
	b.Id = core.GenerateDefaultRandomId() // what is sealed is sealed for it
	b.Set("kind", string(k))
	b.Set("enabled", true)
}

func (b *Robot) become(d Draft) {
	b.Set("name", strings.TrimSpace(d.Name))
	b.Set("groups", d.Groups)
	b.Set("codes", d.Codes)
}

func (b *Robot) turn(on bool)           { b.Set("enabled", on) }
func (b *Robot) leave()                 { b.Set("deleted", types.NowDateTime()) }
func (b *Robot) comeBack()              { b.Set("deleted", "") }
func (b *Robot) serve(groups []string)  { b.Set("groups", groups) }
func (b *Robot) bound(to string) string { return Collection + "/" + b.Id + "/" + to }

// seal keeps address and secret so that a copy of the database holds neither.
func (b *Robot) seal(app core.App, to target) error {
	for field, value := range map[string]string{"address": to.address, "secret": to.secret} {
		sealed := ""
		if value != "" {
			key, err := keys.Of(app, keyFile)
			if err != nil {
				return err
			}
			raw, err := keys.Seal(key, []byte(value), b.bound(field))
			if err != nil {
				return fmt.Errorf("seal: %w", err)
			}
			sealed = base64.RawStdEncoding.EncodeToString(raw)
		}
		b.Set(field, sealed)
	}
	return nil
}

// target is where it speaks, and what it signs with.
func (b *Robot) target(app core.App) (target, error) {
	var open [2]string
	for i, field := range []string{"address", "secret"} {
		if b.GetString(field) == "" {
			continue
		}
		raw, err := base64.RawStdEncoding.DecodeString(b.GetString(field))
		if err != nil {
			return target{}, fmt.Errorf("robot %s: %w", b.Id, err)
		}
		key, err := keys.Of(app, keyFile)
		if err != nil {
			return target{}, err
		}
		if raw, err = keys.Open(key, raw, b.bound(field)); err != nil {
			return target{}, fmt.Errorf("robot %s: %w", b.Id, err)
		}
		open[i] = string(raw)
	}
	return target{address: open[0], secret: open[1]}, nil
}

// sealed are address and secret as they are kept.
func (b *Robot) sealed() [2]string { return [2]string{b.GetString("address"), b.GetString("secret")} }

// target is a robot's address and the secret that it signs with, "" for none. It
// is never logged, shown or kept open.
type target struct{ address, secret string }

// masked is the address as people see it: whose it is, and its last four
// characters. A mailbox is no secret.
func (t target) masked(k Kind) string {
	if k == Mail {
		return t.address
	}
	u, err := url.Parse(t.address)
	if err != nil {
		return "…"
	}
	return u.Host + "/…" + t.address[max(0, len(t.address)-4):]
}

// token is the part of the address that must be known to speak.
func (t target) token(k Kind) string {
	u, err := url.Parse(t.address)
	if err != nil {
		return ""
	}
	if p := products[k]; p.key != "" {
		return u.Query().Get(p.key)
	}
	return u.Path[strings.LastIndexByte(u.Path, '/')+1:]
}

func asJSON(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain values
	}
	return string(raw)
}
