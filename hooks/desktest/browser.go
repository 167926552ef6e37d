package desktest

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// Browser is somebody's, with their cookies. It follows no redirects.
type Browser struct {
	tb     testing.TB
	base   string
	client *http.Client
}

// Answer is what a browser was answered.
type Answer struct {
	Status int
	Header http.Header
	Text   string
}

// SignIn opens a browser and signs somebody in by the page.
func SignIn(tb testing.TB, s *httptest.Server, identity, password string) *Browser {
	tb.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		tb.Fatal(err)
	}
	client := *s.Client()
	client.Jar = jar
	b := &Browser{tb: tb, base: s.URL, client: &client}
	if a := b.Post("/sign-in", url.Values{"identity": {identity}, "password": {password}}); a.Status != http.StatusSeeOther {
		tb.Fatalf("sign %s in: %d %s", identity, a.Status, a.Text)
	}
	return b
}

// Client makes its requests, for those whose answer is not to be read whole.
func (b *Browser) Client() *http.Client { return b.client }

// Get asks for a page.
func (b *Browser) Get(path string) Answer {
	b.tb.Helper()
	return b.Send(http.MethodGet, path, nil, "")
}

// Post sends a form, as a browser without scripts does.
func (b *Browser) Post(path string, form url.Values) Answer {
	b.tb.Helper()
	return b.Send(http.MethodPost, path, strings.NewReader(form.Encode()), "application/x-www-form-urlencoded")
}

// Send sends a request, with pairs of names and values of more headers.
func (b *Browser) Send(method, path string, body io.Reader, contentType string, header ...string) Answer {
	b.tb.Helper()
	r, err := http.NewRequestWithContext(b.tb.Context(), method, b.base+path, body)
	if err != nil {
		b.tb.Fatal(err)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := b.client.Do(r)
	if err != nil {
		b.tb.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.tb.Fatal(err)
	}
	return Answer{res.StatusCode, res.Header, string(raw)}
}

// Version is the one that a page's form was made from, "" without one.
func (a Answer) Version() string {
	_, rest, _ := strings.Cut(a.Text, `name="version" value="`)
	version, _, _ := strings.Cut(rest, `"`)
	return version
}
