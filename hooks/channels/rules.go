package channels

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

const (
	mostEntries   = 20
	mostOrigins   = 100
	longestEntry  = 60
	longestAnswer = 2000

	longestKind     = 20
	mostKinds       = 10
	longestName     = 60   // as the schema has it, and so the next
	longestGreeting = 1000 // and of what is said off hours
)

var (
	colour  = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)
	entryID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)
)

// complete gives a new channel what each must have: a secret, and the first
// one the default's place.
func complete(e *core.RecordEvent) error {
	c := wrap(e.Record)
	if len(c.Secrets()) == 0 {
		c.sign([]Secret{newSecret()})
	}
	if has, err := hasDefault(e.App); err != nil {
		return err
	} else if !has {
		c.beDefault()
	}
	return e.Next()
}

// check holds a channel to its rules, whoever writes it.
func check(e *core.RecordEvent) error {
	c := wrap(e.Record)
	for _, rule := range []func(*Channel) error{checkShape, checkLook, checkHours, checkEntries, checkRoutes, checkOrigins, checkSecrets} {
		if err := rule(c); err != nil {
			return err
		}
	}
	if !e.Record.IsNew() && wrap(e.Record.Original()).IsDefault() && !c.IsDefault() {
		return fail.New(fail.Invalid, "channels.default_needed").On("is_default")
	}
	return e.Next()
}

func checkShape(c *Channel) error {
	if field := c.malformed(); field != "" {
		return fail.New(fail.Invalid, "fail.invalid").On(field)
	}
	return nil
}

// IsColour reports whether text is a colour as the shop's pages take it: #rrggbb.
func IsColour(text string) bool { return colour.MatchString(text) }

func checkLook(c *Channel) error {
	if strings.TrimSpace(c.Name()) == "" {
		return fail.New(fail.Invalid, "channels.name_missing").On("name")
	}
	if utf8.RuneCountInString(c.Name()) > longestName {
		return fail.New(fail.Invalid, "fail.too_long", "Most", longestName).On("name")
	}
	if utf8.RuneCountInString(c.Greeting()) > longestGreeting {
		return fail.New(fail.Invalid, "fail.too_long", "Most", longestGreeting).On("greeting")
	}
	if utf8.RuneCountInString(c.OffHours()) > longestGreeting {
		return fail.New(fail.Invalid, "fail.too_long", "Most", longestGreeting).On("off_hours")
	}
	if c.Colour() != "" && !IsColour(c.Colour()) {
		return fail.New(fail.Invalid, "channels.colour_wrong").On("colour")
	}
	return nil
}

func checkHours(c *Channel) error {
	if err := c.Hours().Validate(); err != nil {
		return fail.New(fail.Invalid, "channels.hours_wrong").On("hours").Because(err)
	}
	return nil
}

func checkSecrets(c *Channel) error {
	if secrets := c.Secrets(); len(secrets) == 0 || secrets[0].Text == "" {
		return fail.New(fail.Invalid, "channels.secret_missing").On("secrets")
	}
	return nil
}

func checkEntries(c *Channel) error {
	entries := c.Entries()
	wrong := fail.New(fail.Invalid, "channels.entries_wrong", "Most", mostEntries).On("entries")
	if len(entries) > mostEntries {
		return wrong
	}
	seen := map[string]bool{}
	for i, entry := range entries {
		if seen[entry.ID] || !entry.plausible() {
			return wrong
		}
		seen[entry.ID] = true
		if key := entry.formFault(); key != "" {
			return fail.New(fail.Invalid, key, "Number", i+1, "Most", mostFields, "Long", longestLabel).On("entries")
		}
	}
	return nil
}

// plausible reports whether the question is written as one has to be.
func (e Entry) plausible() bool {
	text := strings.TrimSpace(e.Text)
	return entryID.MatchString(e.ID) && text != "" && utf8.RuneCountInString(text) <= longestEntry &&
		utf8.RuneCountInString(e.Answer) <= longestAnswer && len(e.Kinds) <= mostKinds &&
		!slices.ContainsFunc(e.Kinds, func(kind string) bool { return kind == "" || utf8.RuneCountInString(kind) > longestKind })
}

func checkOrigins(c *Channel) error {
	origins := c.Origins()
	if len(origins) > mostOrigins {
		return fail.New(fail.Invalid, "channels.origin_wrong", "Origin", "…").On("origins")
	}
	for _, origin := range origins {
		if !isOrigin(origin) {
			return fail.New(fail.Invalid, "channels.origin_wrong", "Origin", origin).On("origins")
		}
	}
	return nil
}

// standardPort is what an origin leaves out.
var standardPort = map[string]string{"https": "443", "http": "80"}

// isOrigin reports whether text is exactly what a browser sends as Origin, so
// that comparing strings is enough. It also goes into a header as it stands.
func isOrigin(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || strings.HasSuffix(u.Host, ":") || strings.ContainsFunc(u.Host, strange) {
		return false
	}
	standard, ok := standardPort[u.Scheme]
	return ok && u.Port() != standard && u.Scheme+"://"+u.Host == text
}

// strange is what the host of an origin never has: browsers write it in lower
// case and punycode.
func strange(r rune) bool {
	return r >= utf8.RuneSelf || r <= ' ' || 'A' <= r && r <= 'Z' || strings.ContainsRune(`;,'"*\`, r)
}

// Origin brings what a person typed or copied, such as a page's whole address,
// into the form that a channel keeps.
func Origin(text string) string {
	text = strings.TrimSpace(text)
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return text
	}
	host := strings.ToLower(u.Host)
	if port, ok := standardPort[u.Scheme]; ok {
		host = strings.TrimSuffix(host, ":"+port)
	}
	return u.Scheme + "://" + host
}

// oneDefault takes the default's place from the channel that had it.
func oneDefault(e *core.RecordEvent) error {
	if !wrap(e.Record).IsDefault() {
		return e.Next()
	}
	outer := e.App
	defer func() { e.App = outer }()
	return outer.RunInTransaction(func(app core.App) error {
		e.App = app
		_, err := app.DB().Update(Collection, dbx.Params{"is_default": false},
			dbx.NewExp("is_default = TRUE AND id != {:id}", dbx.Params{"id": e.Record.Id})).Execute()
		if err != nil {
			return err
		}
		return e.Next()
	})
}

// keepDefault refuses to delete the default channel: pages that name none would
// lose their way in.
func keepDefault(e *core.RecordEvent) error {
	c, err := ByID(e.App, e.Record.Id) // the caller's copy may be old
	if err == nil && c.IsDefault() {
		return fail.New(fail.Conflict, "channels.default_needed")
	}
	return e.Next()
}
