package channels_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"

	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

func desk(t testing.TB) *tests.TestApp {
	t.Helper()
	app := desktest.Bare(t)
	channels.Register(app, &web.Table{})
	return app
}

func given(t testing.TB, app core.App, n channels.New) *channels.Channel {
	t.Helper()
	c, err := channels.Add(app, n)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestThereIsAlwaysOneDefault(t *testing.T) {
	t.Parallel()
	app := desk(t)
	first := given(t, app, channels.New{Name: "官网"})
	if !first.IsDefault() {
		t.Fatal("the first channel is not the default")
	}
	second := given(t, app, channels.New{Name: "小程序", Default: true})
	got, err := channels.Default(app)
	if err != nil || got.Id != second.Id {
		t.Fatalf("default = %v, %v", got, err)
	}
	if got, err = channels.ByID(app, first.Id); err != nil || got.IsDefault() {
		t.Fatalf("two defaults: %v, %v", got, err)
	}
	third := given(t, app, channels.New{Name: "H5"})
	if third.IsDefault() {
		t.Error("a further channel took the default's place unasked")
	}
	// The back doors: a raw record gives it up, takes it, goes away.
	r, _ := app.FindRecordById(channels.Collection, second.Id)
	r.Set("is_default", false)
	if err = app.Save(r); fail.Of(err).Kind != fail.Invalid {
		t.Errorf("giving the default up: %v", err)
	}
	if err = app.Delete(second); fail.Of(err).Kind != fail.Conflict {
		t.Errorf("deleting the default: %v", err)
	}
	r, _ = app.FindRecordById(channels.Collection, third.Id)
	r.Set("is_default", true)
	if err = app.Save(r); err != nil {
		t.Errorf("taking the default: %v", err)
	}
	all, err := channels.All(app)
	if err != nil || len(all) != 3 {
		t.Fatalf("all = %v, %v", all, err)
	}
	defaults := slices.DeleteFunc(all, func(c *channels.Channel) bool { return !c.IsDefault() })
	if len(defaults) != 1 || defaults[0].Id != third.Id {
		t.Errorf("defaults = %v", defaults)
	}
	if err := app.Delete(first); err != nil {
		t.Errorf("deleting another channel: %v", err)
	}
}

func TestARefusedDefaultLeavesTheOldOne(t *testing.T) {
	t.Parallel()
	app := desk(t)
	first := given(t, app, channels.New{Name: "官网"})
	second := given(t, app, channels.New{Name: "H5"})
	app.OnRecordUpdateExecute(channels.Collection).BindFunc(func(e *core.RecordEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		return fail.New(fail.Full, "fail.full") // the disk is full once the other lost its place
	})
	r, _ := app.FindRecordById(channels.Collection, second.Id)
	r.Set("is_default", true)
	if err := app.Save(r); fail.Of(err).Kind != fail.Full {
		t.Fatalf("save = %v", err)
	}
	if got, err := channels.Default(app); err != nil || got.Id != first.Id {
		t.Errorf("default = %v, %v", got, err)
	}
}

func TestWrongChannelsAreRefused(t *testing.T) {
	t.Parallel()
	app := desk(t)
	for name, c := range map[string]struct {
		field string
		value any
	}{
		"no name":                {"name", "  "},
		"long name":              {"name", strings.Repeat("长", 61)},
		"long greeting":          {"greeting", strings.Repeat("长", 1001)},
		"colour word":            {"colour", "red"},
		"colour short":           {"colour", "#abc"},
		"colour with style":      {"colour", "#aabbcc;"},
		"origin without scheme":  {"origins", []string{"shop.example.com"}},
		"origin with path":       {"origins", []string{"https://shop.example.com/"}},
		"origin with user":       {"origins", []string{"https://a@shop.example.com"}},
		"origin in upper case":   {"origins", []string{"https://Shop.example.com"}},
		"origin with directive":  {"origins", []string{"https://shop.example.com;script-src"}},
		"origin with space":      {"origins", []string{"https://shop.example.com *"}},
		"origin star":            {"origins", []string{"https://*.example.com"}},
		"origin null":            {"origins", []string{"null"}},
		"origin javascript":      {"origins", []string{"javascript://x"}},
		"origin standard port":   {"origins", []string{"https://shop.example.com:443"}},
		"origin empty port":      {"origins", []string{"https://shop.example.com:"}},
		"origins not a list":     {"origins", map[string]string{"a": "b"}},
		"entry without id":       {"entries", []channels.Entry{{Text: "物流"}}},
		"entry id twice":         {"entries", []channels.Entry{{ID: "a", Text: "物流"}, {ID: "a", Text: "退款"}}},
		"entry without text":     {"entries", []channels.Entry{{ID: "a", Text: " "}}},
		"entry text too long":    {"entries", []channels.Entry{{ID: "a", Text: strings.Repeat("长", 61)}}},
		"entries not of entries": {"entries", []int{1}},
		"hours in no zone":       {"hours", map[string]string{"zone": "Nowhere"}},
		"hours as text":          {"hours", "always"},
		"no secret":              {"secrets", []channels.Secret{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := app.FindRecordById(channels.Collection, given(t, app, channels.New{Name: name}).Id)
			if err != nil {
				t.Fatal(err)
			}
			r.Set(c.field, c.value)
			if err := app.Save(r); fail.Of(err).Kind != fail.Invalid || fail.Of(err).Field != c.field {
				t.Errorf("save = %v", err)
			}
		})
	}
}

func TestAllows(t *testing.T) {
	t.Parallel()
	app := desk(t)
	open := given(t, app, channels.New{Name: "any"})
	listed := given(t, app, channels.New{Name: "listed", Origins: []string{"https://Shop.example.com:443/cart?x=1", "http://127.0.0.1:9000", "https://shop.example.com"}})
	if want := []string{"https://shop.example.com", "http://127.0.0.1:9000"}; !slices.Equal(listed.Origins(), want) {
		t.Errorf("origins = %v", listed.Origins())
	}
	for origin, want := range map[string]bool{
		"https://shop.example.com": true, "http://127.0.0.1:9000": true, "http://shop.example.com": false,
		"https://shop.example.com.evil.net": false, "https://shop.example.com:8443": false, "null": false, "": false,
	} {
		if !open.Allows(origin) {
			t.Errorf("an empty list refuses %q", origin)
		}
		if listed.Allows(origin) != want {
			t.Errorf("allows(%q) = %t", origin, !want)
		}
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	app := desk(t)
	c, other := given(t, app, channels.New{Name: "官网"}), given(t, app, channels.New{Name: "H5"})
	now := time.Unix(1790000000, 0)
	secret, foreign := c.Secrets()[0].Text, other.Secrets()[0].Text
	good := channels.Sign(secret, "u-1", 0)
	soon := now.Unix() + 60
	for name, i := range map[string]struct {
		identity channels.Identity
		want     bool
	}{
		"right":                   {channels.Identity{ID: "u-1", HMAC: good}, true},
		"right, names are free":   {channels.Identity{ID: "u-1", HMAC: good, Name: "张三", Avatar: "x"}, true},
		"right with exp":          {channels.Identity{ID: "u-1", Exp: soon, HMAC: channels.Sign(secret, "u-1", soon)}, true},
		"none":                    {channels.Identity{ID: "u-1"}, false},
		"wrong":                   {channels.Identity{ID: "u-1", HMAC: strings.Repeat("0", 64)}, false},
		"truncated":               {channels.Identity{ID: "u-1", HMAC: good[:63]}, false},
		"doubled":                 {channels.Identity{ID: "u-1", HMAC: good + good}, false},
		"upper-case hex":          {channels.Identity{ID: "u-1", HMAC: strings.ToUpper(good)}, false},
		"other id":                {channels.Identity{ID: "u-2", HMAC: good}, false},
		"empty id":                {channels.Identity{HMAC: channels.Sign(secret, "", 0)}, false},
		"id too long":             {channels.Identity{ID: strings.Repeat("长", 201), HMAC: channels.Sign(secret, strings.Repeat("长", 201), 0)}, false},
		"other channel's secret":  {channels.Identity{ID: "u-1", HMAC: channels.Sign(foreign, "u-1", 0)}, false},
		"no secret":               {channels.Identity{ID: "u-1", HMAC: channels.Sign("", "u-1", 0)}, false},
		"exp not signed":          {channels.Identity{ID: "u-1", Exp: soon, HMAC: good}, false},
		"exp left out":            {channels.Identity{ID: "u-1", HMAC: channels.Sign(secret, "u-1", soon)}, false},
		"exp put off":             {channels.Identity{ID: "u-1", Exp: soon + 1, HMAC: channels.Sign(secret, "u-1", soon)}, false},
		"expired now":             {channels.Identity{ID: "u-1", Exp: now.Unix(), HMAC: channels.Sign(secret, "u-1", now.Unix())}, false},
		"exp in milliseconds":     {channels.Identity{ID: "u-1", Exp: -soon, HMAC: channels.Sign(secret, "u-1", -soon)}, false},
		"exp inside of the id":    {channels.Identity{ID: "u-1.1790000060", HMAC: channels.Sign(secret, "u-1", soon)}, false},
		"id that ends like exp":   {channels.Identity{ID: "7.1900000000", HMAC: channels.Sign(secret, "7.1900000000", 0)}, false},
		"id with a short decimal": {channels.Identity{ID: "7.19", HMAC: channels.Sign(secret, "7.19", 0)}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := channels.Verify(c, i.identity, now)
			if i.want != (err == nil) {
				t.Errorf("verify = %v", err)
			}
			if err != nil && fail.Of(err).Kind != fail.Forbidden {
				t.Errorf("refused as %v", err)
			}
		})
	}
}

func TestSignIsWhatTheProtocolSays(t *testing.T) {
	t.Parallel()
	// printf %s 42.1790000000 | openssl dgst -sha256 -hmac secret
	if got := channels.Sign("secret", "42", 1790000000); got != "fe445ae8a0892b095c2ca235dee94da14924c2dd9ffc44f1547e94b35d17f4aa" {
		t.Errorf("sign = %s", got)
	}
}

func TestExpIsANumber(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{"id":"1","exp":"1790000000"}`, `{"id":"1","exp":1.79e9}`, `{"id":"1","exp":1790000000.5}`, `{"id":1}`, `{"id":["1"]}`, `{"id":{"$ne":1}}`} {
		var i channels.Identity
		if err := json.Unmarshal([]byte(text), &i); err == nil && i.Exp != 1790000000 {
			t.Errorf("%s was taken as %+v", text, i)
		} else if err == nil && !strings.Contains(text, "1.79e9") {
			t.Errorf("%s was taken as %+v", text, i)
		}
	}
}

func TestRotatedSecretsOverlap(t *testing.T) {
	t.Parallel()
	app := desk(t)
	c := given(t, app, channels.New{Name: "官网"})
	old := c.Secrets()[0].Text
	if len(old) != 64 {
		t.Fatalf("a secret of %d characters", len(old))
	}
	c, err := channels.Rotate(app, c.Id, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	fresh := c.Secrets()[0].Text
	now := time.Now()
	by := func(secret string) channels.Identity {
		return channels.Identity{ID: "u-1", HMAC: channels.Sign(secret, "u-1", 0)}
	}
	for name, c2 := range map[string]struct {
		secret string
		at     time.Time
		want   bool
	}{
		"new":                  {fresh, now, true},
		"new, after":           {fresh, now.Add(2 * time.Hour), true},
		"old, in the overlap":  {old, now.Add(59 * time.Minute), true},
		"old, after it":        {old, now.Add(61 * time.Minute), false},
		"neither of the two":   {"guess", now, false},
		"empty, never allowed": {"", now, false},
	} {
		if err = channels.Verify(c, by(c2.secret), c2.at); c2.want != (err == nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for range 10 {
		if c, err = channels.Rotate(app, c.Id, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(c.Secrets()); n != 5 {
		t.Errorf("%d secrets are kept", n)
	}
	if c, err = channels.Rotate(app, c.Id, 0); err != nil || len(c.Secrets()) != 1 {
		t.Errorf("rotated without an overlap: %d secrets, %v", len(c.Secrets()), err)
	}
}

func TestBuiltInAPIIsClosed(t *testing.T) {
	t.Parallel()
	app := desk(t)
	c := given(t, app, channels.New{Name: "官网"})
	server := desktest.Serve(t, app)
	records := server.URL + "/api/collections/channels/records"
	for _, call := range []string{"GET " + records, "GET " + records + "/" + c.Id, "POST " + records, "PATCH " + records + "/" + c.Id, "DELETE " + records + "/" + c.Id} {
		method, url, _ := strings.Cut(call, " ")
		request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		answer, err := server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s", call, answer.Status)
		}
	}
}

func run(t *testing.T, app core.App, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	command := channels.Command(app)
	command.SilenceErrors, command.SilenceUsage = true, true
	command.SetOut(&out)
	command.SetArgs(args)
	err := command.Execute()
	return out.String(), err
}

func TestCommand(t *testing.T) {
	t.Parallel()
	app := desk(t)
	out, err := run(t, app, "add", "官网", "--greeting", "您好", "--colour", "#2b6a4d", "--origin", "https://a.example", "--origin", "https://b.example",
		"--typing-preview", "--json")
	if err != nil {
		t.Fatal(err)
	}
	var made struct {
		ID, Name, Greeting, Colour, Secret string
		Origins                            []string
		TypingPreview                      bool `json:"typing_preview"`
		Default                            bool
	}
	if err := json.Unmarshal([]byte(out), &made); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if made.Name != "官网" || made.Greeting != "您好" || made.Colour != "#2b6a4d" || len(made.Origins) != 2 || !made.TypingPreview || !made.Default || len(made.Secret) != 64 {
		t.Errorf("made %+v", made)
	}
	if out, err := run(t, app, "show", made.ID, "--secret"); err != nil || out != made.Secret+"\n" {
		t.Errorf("show --secret = %q, %v", out, err)
	}
	if out, err := run(t, app, "list", "--json"); err != nil || !strings.HasPrefix(out, `[{"id":"`+made.ID) || strings.Contains(out, made.Secret) {
		t.Errorf("list --json = %s, %v", out, err)
	}
	if out, err := run(t, app, "list"); err != nil || !strings.Contains(out, made.ID) {
		t.Errorf("list = %s, %v", out, err)
	}
	for _, bad := range [][]string{{}, {"add"}, {"add", "x", "--colour", "red"}, {"add", "x", "--origin", "nowhere"}, {"add", "x", "--group", "none"}, {"add", ""}, {"show", "nope"}, {"fly"}} {
		if out, err := run(t, app, bad...); err == nil {
			t.Errorf("%v: %s", bad, out)
		}
	}
	if all, err := channels.All(app); err != nil || len(all) != 1 {
		t.Errorf("a refused command left something: %v, %v", all, err)
	}
}
