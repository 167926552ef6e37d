package widget_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/static"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

type shop struct {
	*httptest.Server
	open, listed *channels.Channel
}

// serve starts a desk with a channel that any page may frame and one that only
// a listed page may.
func serve(t *testing.T) shop {
	t.Helper()
	app := desktest.New(t)
	add := func(n channels.New) *channels.Channel {
		ch, err := channels.Add(app, n)
		if err != nil {
			t.Fatal(err)
		}
		return ch
	}
	s := shop{
		open:   add(channels.New{Name: "Everywhere", Default: true, Colour: "#2b6a4d"}),
		listed: add(channels.New{Name: "禾野优选客服", Origins: []string{"https://heye.cn"}}),
	}
	s.Server = desktest.Serve(t, app)
	return s
}

func (s shop) get(t *testing.T, path, accept string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Language", accept)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func TestOnlyTheChannelsOriginsMayFrameThePanel(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for path, want := range map[string]string{
		"/chat":                        "frame-ancestors *",
		"/chat?channel=" + s.listed.Id: "frame-ancestors 'self' https://heye.cn",
	} {
		res, _ := s.get(t, path, "en")
		if policy := res.Header.Get("Content-Security-Policy"); !strings.HasSuffix(policy, want) || !strings.HasPrefix(policy, "default-src 'self';") {
			t.Errorf("%s: policy %q, want its end to be %q", path, policy, want)
		}
		if got := res.Header.Get("X-Frame-Options"); got != "" {
			t.Errorf("%s: X-Frame-Options %q keeps it out of every frame", path, got)
		}
	}
}

func TestThePanelNeedsNothingInline(t *testing.T) {
	t.Parallel()
	_, body := serve(t).get(t, "/chat", "zh-CN")
	if found := regexp.MustCompile(`(?i)<style|\sstyle=|\son\w+=|<script>|<script [^>]*[^c]>[^<]`).FindString(body); found != "" {
		t.Errorf("the policy would block %q", found)
	}
}

func TestThePanelSpeaksTheVisitorsLanguage(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, tt := range []struct{ path, accept, want string }{
		{"/chat", "zh-CN,zh;q=0.9", `<html lang="zh-CN"`},
		{"/chat", "en-GB", `<html lang="en"`},
		{"/chat?lang=en", "zh-CN", `<html lang="en"`},
		{"/chat?lang=zh-CN", "en", `<html lang="zh-CN"`},
		{"/chat?lang=tlh", "en", `<html lang="en"`},
	} {
		if _, body := s.get(t, tt.path, tt.accept); !strings.Contains(body, tt.want) {
			t.Errorf("%s with %s: no %s", tt.path, tt.accept, tt.want)
		}
	}
}

func TestAnUnknownChannelIsNotFound(t *testing.T) {
	t.Parallel()
	if res, _ := serve(t).get(t, "/chat?channel=nonesuch", "en"); res.StatusCode != http.StatusNotFound {
		t.Errorf("status %d", res.StatusCode)
	}
}

func TestTheTagsScriptMayBeUsedAnywhere(t *testing.T) {
	t.Parallel()
	res, body := serve(t).get(t, "/widget.js", "en")
	for header, want := range map[string]string{
		"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "public, max-age=3600",
		"Cross-Origin-Resource-Policy": "cross-origin", "X-Content-Type-Options": "nosniff",
	} {
		if got := res.Header.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	if !strings.Contains(body, "xiaoer-chat") {
		t.Error("this is not the widget")
	}
}

func TestTheWidgetStaysSmall(t *testing.T) {
	t.Parallel()
	const before, after = 10 << 10, 60 << 10
	tag, err := static.Weight("js/widget.js")
	if err != nil {
		t.Fatal(err)
	}
	if tag > before {
		t.Errorf("the tag costs %d bytes, may cost %d", tag, before)
	}
	for _, lang := range locale.Languages {
		parts := append(static.Modules("js/chat/main.js"), "js/theme.js", "js/locale/chat."+lang+".js", "css/ui.css", "css/chat.css", "icons.svg", "favicon.svg")
		panel, err := static.Weight(parts...)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: tag %d bytes, panel %d in %d files", lang, tag, panel, len(parts))
		if panel > after {
			t.Errorf("%s: the panel costs %d bytes, may cost %d", lang, panel, after)
		}
	}
}
