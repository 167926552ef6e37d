package web_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/web"
)

// serve runs one route of each kind, all answering with what handle returns.
func serve(t testing.TB, config web.Config, handle func(*core.RequestEvent) error) *httptest.Server {
	t.Helper()
	app := desktest.Bare(t)
	table := &web.Table{}
	web.Register(app, table, config)
	table.Guard(web.Visitor, func(e *core.RequestEvent) error {
		if e.Request.Header.Get("Authorization") != "Bearer visitor" {
			return fail.New(fail.Unauthorized, "fail.unauthorized")
		}
		return nil
	})
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			table.Pages(e.Router, web.Route{Method: method, Path: "/page", Permission: web.Anyone, Handle: handle})
			table.API(e.Router, web.Route{Method: method, Path: "/api/xiaoer/api", Permission: web.Anyone, Handle: handle})
			table.Open(e.Router, web.Route{Method: method, Path: "/api/xiaoer/open/" + strings.ToLower(method), Permission: web.Visitor, Handle: handle})
		}
		e.Router.GET("/api/theirs", handle) // as PocketBase's own routes are
		table.API(e.Router, web.Route{Method: http.MethodGet, Path: "/api/xiaoer/unguarded", Permission: "nobody.answers", Handle: handle})
		table.Pages(e.Router, web.Route{Method: http.MethodGet, Path: "/unguarded", Permission: "nobody.answers", Handle: handle})
		return e.Next()
	})
	return desktest.Serve(t, app)
}

type answer struct {
	StatusCode int
	Header     http.Header
}

func send(t testing.TB, s *httptest.Server, method, path, body string, header ...string) (answer, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header}, string(raw)
}

func fine(e *core.RequestEvent) error { return e.String(http.StatusOK, "fine") }

func TestErrorsBecomeAnswers(t *testing.T) {
	t.Parallel()
	var now error
	s := serve(t, web.Config{}, func(*core.RequestEvent) error { return now })
	for name, c := range map[string]struct {
		err    error
		status int
		code   string
	}{
		"refused":      {fail.New(fail.Invalid, "fail.invalid").On("name"), 422, "invalid"},
		"wrapped":      {fmt.Errorf("act: %w", fail.New(fail.Taken, "fail.taken", "Name", "阿安")), 409, "taken"},
		"limit":        {fail.New(fail.Limit, "fail.limit").In(1500 * time.Millisecond), 429, "limit"},
		"fault":        {errors.New("the cupboard is bare"), 500, "internal"},
		"PocketBase's": {(&core.RequestEvent{}).NotFoundError("", nil), 404, "not_found"},
		"bad JSON":     {json.Unmarshal([]byte("{"), new(int)), 400, "invalid"},
	} {
		now = c.err
		res, text := send(t, s, http.MethodGet, "/api/xiaoer/api", "")
		var b struct {
			Status  int               `json:"status"`
			Message string            `json:"message"`
			Data    map[string]string `json:"data"`
		}
		if err := json.Unmarshal([]byte(text), &b); err != nil {
			t.Fatalf("%s: %v in %s", name, err, text)
		}
		if res.StatusCode != c.status || b.Status != c.status || b.Data["code"] != c.code || b.Message == "" || strings.Contains(text, "cupboard") {
			t.Errorf("%s: %d %s", name, res.StatusCode, text)
		}
		if (c.code == "internal") != (b.Data["id"] != "") || (c.code == "invalid" && name == "refused") != (b.Data["field"] == "name") {
			t.Errorf("%s: data %v", name, b.Data)
		}
		if name == "limit" && res.Header.Get("Retry-After") != "2" {
			t.Errorf("Retry-After: %q", res.Header.Get("Retry-After"))
		}
		res, text = send(t, s, http.MethodGet, "/page", "", "Accept-Language", "en")
		if res.StatusCode != c.status || !strings.Contains(text, "<h1>") || !strings.Contains(text, `lang="en"`) || strings.Contains(text, "cupboard") {
			t.Errorf("%s: page %d %s", name, res.StatusCode, text)
		}
	}
}

// PocketBase calls an error that it does not know the client's fault, and 400 is
// final: a sign-in on a full disk would never be tried again.
func TestStorageFaultsOfTheirRoutesAskForRetry(t *testing.T) {
	t.Parallel()
	db, err := dbx.Open("sqlite", filepath.Join(t.TempDir(), "full.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.DB().SetMaxOpenConns(1) // the limit is the connection's
	if _, err = db.NewQuery("PRAGMA max_page_count = 1").Execute(); err != nil {
		t.Fatal(err)
	}
	_, full := db.NewQuery("CREATE TABLE t (x)").Execute()
	var now error
	s := serve(t, web.Config{}, func(*core.RequestEvent) error { return now })
	for name, c := range map[string]struct {
		err    error
		status int
	}{
		"full":           {full, 507},
		"wrapped":        {fmt.Errorf("save: %w", full), 507},
		"called a 400":   {router.NewBadRequestError("", full), 507},
		"a real refusal": {router.NewBadRequestError("", errors.New("no")), 400},
		"theirs":         {router.NewNotFoundError("", nil), 404},
	} {
		now = c.err
		res, text := send(t, s, http.MethodGet, "/api/theirs", "")
		if res.StatusCode != c.status || (c.status == 507) != (res.Header.Get("Retry-After") != "") {
			t.Errorf("%s: %d, want %d: %s", name, res.StatusCode, c.status, text)
		}
	}
}

// C77. A handler that panics costs its request.
func TestPanicIsAFaultOfOneRequest(t *testing.T) {
	t.Parallel()
	s := serve(t, web.Config{}, func(*core.RequestEvent) error { panic("surprise") })
	for _, path := range []string{"/page", "/api/xiaoer/api"} {
		if res, text := send(t, s, http.MethodGet, path, ""); res.StatusCode != http.StatusInternalServerError || strings.Contains(text, "surprise") {
			t.Errorf("%s: %d %s", path, res.StatusCode, text)
		}
	}
}

func TestCrossOrigin(t *testing.T) {
	t.Parallel()
	s := serve(t, web.Config{BaseURL: "https://kf.example.com"}, fine)
	for name, c := range map[string]struct {
		method, path string
		header       []string
		status       int
	}{
		"another site's form":       {"POST", "/page", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"a sibling's form":          {"POST", "/page", []string{"Sec-Fetch-Site", "same-site"}, 403},
		"an old browser":            {"POST", "/page", []string{"Origin", "https://evil.example"}, 403},
		"null origin":               {"POST", "/page", []string{"Origin", "null"}, 403},
		"our own form":              {"POST", "/page", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		"our public address":        {"POST", "/page", []string{"Origin", "https://kf.example.com"}, 200},
		"a link":                    {"GET", "/page", []string{"Sec-Fetch-Site", "cross-site"}, 200},
		"a program":                 {"POST", "/page", nil, 200},
		"API by another site":       {"POST", "/api/xiaoer/api", []string{"Origin", "https://evil.example"}, 403},
		"API with a token":          {"POST", "/api/xiaoer/api", []string{"Origin", "https://app.example", "Authorization", "Bearer x"}, 200},
		"visitor on a shop's page":  {"POST", "/api/xiaoer/open/post", []string{"Origin", "https://shop.example", "Authorization", "Bearer visitor"}, 200},
		"visitor without the token": {"POST", "/api/xiaoer/open/post", []string{"Origin", "https://shop.example"}, 401},
	} {
		if res, text := send(t, s, c.method, c.path, "", c.header...); res.StatusCode != c.status {
			t.Errorf("%s: %d, want %d: %s", name, res.StatusCode, c.status, text)
		}
	}
}

func TestOpenRoutesAnswerAnyOriginWithoutCredentials(t *testing.T) {
	t.Parallel()
	s := serve(t, web.Config{}, fine)
	res, _ := send(t, s, http.MethodOptions, "/api/xiaoer/open/post", "", "Origin", "https://shop.example", "Access-Control-Request-Method", "POST")
	h := res.Header
	if res.StatusCode != http.StatusNoContent || h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Access-Control-Allow-Credentials") != "" ||
		h.Get("Access-Control-Allow-Methods") != "POST" || !strings.Contains(h.Get("Access-Control-Allow-Headers"), "Authorization") {
		t.Errorf("preflight: %d %v", res.StatusCode, h)
	}
	for path, want := range map[string]string{"/api/xiaoer/open/get": "*", "/api/xiaoer/api": "", "/page": "", "/nowhere": ""} {
		res, _ := send(t, s, http.MethodGet, path, "", "Origin", "https://shop.example")
		if got := res.Header.Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("%s: Access-Control-Allow-Origin %q, want %q", path, got, want)
		}
	}
}

func TestHeadersOnEveryAnswer(t *testing.T) {
	t.Parallel()
	s := serve(t, web.Config{Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}, fine)
	for _, path := range []string{"/page", "/nowhere", "/api/xiaoer/api", "/api/xiaoer/open/get", "/api/nowhere", "/api/health", "/api/collections", "/unguarded"} {
		res, _ := send(t, s, http.MethodGet, path, "", "X-Forwarded-Proto", "https")
		h := res.Header
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") == "" || h.Get("Cross-Origin-Opener-Policy") == "" ||
			h.Get("Permissions-Policy") == "" || h.Get("Strict-Transport-Security") == "" || h.Get("Cache-Control") != "no-store" ||
			h.Get("X-Frame-Options") != "DENY" || h.Get("Server") != "" {
			t.Errorf("%s: %v", path, h)
		}
		if csp := h.Get("Content-Security-Policy"); !strings.HasPrefix(path, "/api/health") && !strings.HasPrefix(path, "/api/coll") && !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", path, csp)
		}
	}
	if res, _ := send(t, s, http.MethodGet, "/page", ""); res.Header.Get("Strict-Transport-Security") != "" {
		t.Error("strict transport without TLS")
	}
}

// The shell of a page goes out small to those who can read it so, and is the same
// to all.
func TestShellsAreCompressedForThoseWhoTakeIt(t *testing.T) {
	t.Parallel()
	shell := strings.Repeat("<p>在线客服</p>", 200)
	s := serve(t, web.Config{}, func(e *core.RequestEvent) error { return web.RenderShell(e, templ.Raw(shell)) })
	for _, takes := range []string{"identity", "gzip, br"} {
		got, raw := send(t, s, http.MethodGet, "/page", "", "Accept-Encoding", takes)
		if got.Header.Get("Vary") == "" || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %v", takes, got.Header)
		}
		if packed := got.Header.Get("Content-Encoding") == "gzip"; packed != (takes != "identity") {
			t.Errorf("%s: packed %t", takes, packed)
		} else if packed {
			z, err := gzip.NewReader(strings.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			plain, err := io.ReadAll(z)
			if err != nil || len(raw)*10 > len(plain) {
				t.Errorf("%d bytes for %d, %v", len(raw), len(plain), err)
			}
			raw = string(plain)
		}
		if raw != shell {
			t.Errorf("%s: %.60q", takes, raw)
		}
	}
}

func TestFramedBy(t *testing.T) {
	t.Parallel()
	for want, origins := range map[string][]string{"frame-ancestors *": nil, "frame-ancestors 'self' https://shop.example": {"https://shop.example"}} {
		s := serve(t, web.Config{}, func(e *core.RequestEvent) error { web.FramedBy(e, origins); return fine(e) })
		res, _ := send(t, s, http.MethodGet, "/page", "")
		if csp := res.Header.Get("Content-Security-Policy"); !strings.HasSuffix(csp, want) || res.Header.Get("X-Frame-Options") != "" {
			t.Errorf("%v: %q", origins, csp)
		}
	}
}

func TestPermissionThatNobodyGuardsIsClosed(t *testing.T) {
	t.Parallel()
	s := serve(t, web.Config{}, fine)
	if res, _ := send(t, s, http.MethodGet, "/api/xiaoer/unguarded", ""); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("api: %d", res.StatusCode)
	}
	res, _ := send(t, s, http.MethodGet, "/unguarded?a=b", "")
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/sign-in?next=%2Funguarded%3Fa%3Db" {
		t.Errorf("page: %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
}

func TestOnlyTrustedProxiesSpeakForClients(t *testing.T) {
	t.Parallel()
	address := func(e *core.RequestEvent) error { return e.String(200, web.Address(e)+" "+web.BaseURL(e)) }
	chain := []string{"X-Forwarded-For", "6.6.6.6, 203.0.113.9, 10.0.0.2", "X-Forwarded-Proto", "https"}
	trusting := serve(t, web.Config{Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")}}, address)
	if _, text := send(t, trusting, http.MethodGet, "/page", "", chain...); !strings.HasPrefix(text, "203.0.113.9 https://127.0.0.1") {
		t.Errorf("behind proxies: %s", text)
	}
	if _, text := send(t, trusting, http.MethodGet, "/page", "", "X-Forwarded-For", "nonsense"); !strings.HasPrefix(text, "127.0.0.1 ") {
		t.Errorf("nonsense from a proxy: %s", text)
	}
	wary := serve(t, web.Config{}, address)
	if _, text := send(t, wary, http.MethodGet, "/page", "", chain...); !strings.HasPrefix(text, "127.0.0.1 http://127.0.0.1") {
		t.Errorf("a liar is believed: %s", text)
	}
}

func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	s := serve(t, web.Config{}, func(e *core.RequestEvent) error {
		_, err := io.ReadAll(e.Request.Body)
		if err != nil {
			return err
		}
		return fine(e)
	})
	big := strings.Repeat("a", 2<<20)
	for kind, want := range map[string]int{"application/json": 413, "multipart/form-data; boundary=x": 200} {
		if res, _ := send(t, s, http.MethodPost, "/api/xiaoer/api", big, "Content-Type", kind); res.StatusCode != want {
			t.Errorf("%s of known length: %d", kind, res.StatusCode)
		}
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/api/xiaoer/api", io.NopCloser(strings.NewReader(big)))
		r.Header.Set("Content-Type", kind)
		res, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if _ = res.Body.Close(); res.StatusCode != want {
			t.Errorf("%s of unknown length: %d", kind, res.StatusCode)
		}
	}
}

// A connection goes on where all of a body was read, and else ends: what is left of
// it would be the next request.
func TestConnectionsEndBehindWhatIsUnread(t *testing.T) {
	t.Parallel()
	s := serve(t, web.Config{}, func(e *core.RequestEvent) error {
		if e.Request.URL.Query().Get("read") == "" {
			return fine(e)
		}
		if _, err := web.Body[map[string]any](e); err != nil {
			return err
		}
		return fine(e)
	})
	for query, closes := range map[string]bool{"?read=1": false, "": true} {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/api/xiaoer/api"+query, strings.NewReader(`{"a":1}`))
		r.Header.Set("Content-Type", "application/json")
		res, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if _ = res.Body.Close(); res.Close != closes || res.StatusCode != http.StatusOK {
			t.Errorf("%q: %d, closed %t", query, res.StatusCode, res.Close)
		}
	}
}

// C77. A body that is refused unread is not taken for the next request.
func TestLeftoverBodyIsNoRequest(t *testing.T) {
	t.Parallel()
	reached := make(chan string, 10)
	s := serve(t, web.Config{}, func(e *core.RequestEvent) error { reached <- e.Request.URL.Query().Get("n"); return fine(e) })
	smuggled := "GET /page?n=smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
	padding := strings.Repeat(" ", 600<<10)
	for name, head := range map[string]string{
		"PocketBase's": "POST /api/collections HTTP/1.1", "nobody's": "POST /nowhere HTTP/1.1", "ours": "POST /page?n=1 HTTP/1.1",
	} {
		for _, body := range []string{smuggled + padding, padding + smuggled} {
			conn, err := net.Dial("tcp", s.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			_, _ = fmt.Fprintf(conn, "%s\r\nHost: a\r\nContent-Length: %d\r\n\r\n", head, len(body))
			_, _ = io.WriteString(conn, body)
			_ = conn.SetReadDeadline(time.Now().Add(2 * time.Second))
			raw, _ := io.ReadAll(conn)
			_ = conn.Close()
			if n := strings.Count(string(raw), "HTTP/1.1 "); n != 1 {
				t.Errorf("%s: %d answers to one request", name, n)
			}
		}
	}
	close(reached)
	for n := range reached {
		if n == "smuggled" {
			t.Fatal("a request inside of a body was served")
		}
	}
}

// C77. What two readers of a request could take for two requests is refused, or is one.
func TestAmbiguousRequestsAreOne(t *testing.T) {
	t.Parallel()
	reached := make(chan string, 100)
	s := serve(t, web.Config{}, func(e *core.RequestEvent) error { reached <- e.Request.URL.Query().Get("n"); return fine(e) })
	const smuggled = "GET /page?n=smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
	for name, head := range map[string]string{
		"CL and TE":         "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"two lengths":       "Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
		"odd TE":            "Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n",
		"TE twice":          "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
		"space before":      "Content-Length : 44\r\n\r\n",
		"signed length":     "Content-Length: +44\r\n\r\n",
		"bad chunk":         "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
		"chunk of LF":       "Transfer-Encoding: chunked\r\n\r\n0\n\n",
		"a length of words": "Content-Length: zero\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, "POST /page?n=1 HTTP/1.1\r\nHost: a\r\n"+head+smuggled)
		_ = conn.SetReadDeadline(time.Now().Add(time.Second))
		raw, _ := io.ReadAll(conn)
		_ = conn.Close()
		if first, _, _ := strings.Cut(string(raw), "\r\n"); strings.Count(string(raw), "HTTP/1.1 ") > 1 {
			t.Errorf("%s: more than one answer, the first of them %s", name, first)
		}
	}
	close(reached)
	for n := range reached {
		if n == "smuggled" {
			t.Error("a request inside of another was served")
		}
	}
}

// A line a request, whatever the client writes; never the query, never an id.
func TestAccessLineCarriesNoSecrets(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := serve(t, web.Config{Log: slog.New(slog.NewJSONHandler(&out, nil))}, fine)
	send(t, s, http.MethodGet, "/page?token=CANARY", "", "User-Agent", "CANARY", "Referer", "https://a/CANARY")
	send(t, s, http.MethodGet, "/CANARY%0d%0aforged", "")
	s.Close()
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 || strings.Contains(out.String(), "CANARY") {
		t.Fatalf("log: %s", out.String())
	}
	for _, line := range lines {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil || fields["status"] == nil || fields["ms"] == nil {
			t.Errorf("line %s: %v", line, err)
		}
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	s := serve(t, web.Config{}, func(e *core.RequestEvent) error { return e.String(200, web.Language(e)) })
	for want, headers := range map[string][][]string{
		"zh-CN": {nil, {"Accept-Language", "fr-FR"}, {"Accept-Language", "zh-Hans-SG,en;q=0.8"}, {"Cookie", "xiaoer_lang=zh-CN", "Accept-Language", "en"}, {"Cookie", "xiaoer_lang=<x>"}},
		"en":    {{"Accept-Language", "en-US,zh;q=0.5"}, {"Cookie", "xiaoer_lang=en", "Accept-Language", "zh-CN"}},
	} {
		for _, h := range headers {
			if _, text := send(t, s, http.MethodGet, "/page", "", append([]string{"Accept-Language", ""}, h...)...); text != want {
				t.Errorf("%v: %s, want %s", h, text, want)
			}
		}
	}
}
