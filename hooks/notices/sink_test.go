package notices_test

import (
	"compress/gzip"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
	"github.com/dianxiaoer/xiaoer/hooks/outbound"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

const (
	secret = "SECb0f6f9c0d2a94e1cb1de"
	token  = "tok-0f9c-4be1-a3d7"
)

// sink is all three products on one port: it holds what it is sent against what
// they document, and plays what they do on a bad day.
type sink struct {
	*httptest.Server
	mu     sync.Mutex
	fault  string // "" while the day is good
	during func() // what happens while a message is taken
	heard  []string
	bodies []string
	calls  int
}

func listen(t *testing.T) *sink {
	t.Helper()
	s := &sink{}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *sink) be(fault string) { s.mu.Lock(); defer s.mu.Unlock(); s.fault = fault }

// said is what came since it was last asked, with how often it was called.
func (s *sink) said() (texts []string, calls int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	texts, calls = s.heard, s.calls
	s.heard, s.calls = nil, 0
	return texts, calls
}

func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.calls++
	s.bodies = append(s.bodies, string(raw))
	fault := s.fault
	s.mu.Unlock()
	switch fault {
	case "500":
		w.WriteHeader(http.StatusInternalServerError)
	case "429":
		w.WriteHeader(http.StatusTooManyRequests)
	case "redirect":
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	case "html":
		fmt.Fprint(w, "<html>nginx</html>")
	case "bomb":
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = z.Write(make([]byte, 2<<20))
		_ = z.Close()
	case "":
		s.take(w, r, raw)
	default: // an answer of the product's own
		fmt.Fprint(w, fault)
	}
}

// take is a good day.
func (s *sink) take(w http.ResponseWriter, r *http.Request, raw []byte) {
	var body map[string]any
	if err := json.Unmarshal(raw, &body); err != nil || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") || r.Method != http.MethodPost {
		fmt.Fprint(w, `{"errcode":43004,"errmsg":"invalid request","code":9499,"msg":"Bad Request"}`)
		return
	}
	if s.during != nil {
		s.during()
	}
	var text, wrong string
	switch {
	case r.URL.Path == "/cgi-bin/webhook/send" && r.URL.Query().Get("key") == token:
		text, wrong = asWeCom(body)
	case r.URL.Path == "/robot/send" && r.URL.Query().Get("access_token") == token:
		text, wrong = asDingTalk(r, body)
	case r.URL.Path == "/open-apis/bot/v2/hook/"+token:
		text, wrong = asFeishu(body)
	default:
		wrong = `{"errcode":93000,"errmsg":"invalid webhook url, hint: [1], from ip: 1.2.3.4","code":19001,"msg":"param invalid: incoming webhook access token invalid"}`
	}
	if wrong != "" {
		fmt.Fprint(w, wrong)
		return
	}
	s.mu.Lock()
	s.heard = append(s.heard, text)
	s.mu.Unlock()
	if strings.HasPrefix(r.URL.Path, "/open-apis") {
		fmt.Fprint(w, `{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}`)
		return
	}
	fmt.Fprint(w, `{"errcode":0,"errmsg":"ok"}`)
}

func asWeCom(body map[string]any) (text, wrong string) {
	markdown, _ := body["markdown"].(map[string]any)
	text, _ = markdown["content"].(string)
	if body["msgtype"] != "markdown" || text == "" || len(text) > 4096 {
		return "", `{"errcode":40058,"errmsg":"markdown.content exceed max length 4096"}`
	}
	return text, ""
}

func asDingTalk(r *http.Request, body map[string]any) (text, wrong string) {
	q := r.URL.Query()
	at, err := strconv.ParseInt(q.Get("timestamp"), 10, 64)
	if err != nil || time.Since(time.UnixMilli(at)).Abs() > time.Hour {
		return "", `{"errcode":310000,"errmsg":"invalid timestamp"}`
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(q.Get("timestamp") + "\n" + secret))
	if base64.StdEncoding.EncodeToString(mac.Sum(nil)) != q.Get("sign") {
		return "", `{"errcode":310000,"errmsg":"sign not match, more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]"}`
	}
	markdown, _ := body["markdown"].(map[string]any)
	text, _ = markdown["text"].(string)
	if title, _ := markdown["title"].(string); body["msgtype"] != "markdown" || title == "" || text == "" {
		return "", `{"errcode":40035,"errmsg":"param error"}`
	}
	return text, ""
}

func asFeishu(body map[string]any) (text, wrong string) {
	at, _ := body["timestamp"].(string)
	seconds, err := strconv.ParseInt(at, 10, 64)
	mac := hmac.New(sha256.New, []byte(at+"\n"+secret))
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > time.Hour || base64.StdEncoding.EncodeToString(mac.Sum(nil)) != body["sign"] {
		return "", `{"code":19021,"msg":"sign match fail or timestamp is not within one hour from current time"}`
	}
	raw, err := json.Marshal(body["content"])
	if err != nil {
		return "", err.Error()
	}
	var content struct {
		Post struct {
			ZhCN struct {
				Title   string
				Content [][]struct{ Tag, Text, Href string }
			} `json:"zh_cn"`
		}
	}
	if json.Unmarshal(raw, &content) != nil || body["msg_type"] != "post" || content.Post.ZhCN.Title == "" {
		return "", `{"code":9499,"msg":"Bad Request"}`
	}
	said := []string{content.Post.ZhCN.Title}
	for _, line := range content.Post.ZhCN.Content {
		for _, part := range line {
			said = append(said, part.Text, part.Href)
		}
	}
	return strings.Join(said, "\n"), ""
}

// address is the sink's for robots of the kind.
func (s *sink) address(k notices.Kind) string {
	return s.URL + map[notices.Kind]string{
		notices.WeCom: "/cgi-bin/webhook/send?key=", notices.DingTalk: "/robot/send?access_token=", notices.Feishu: "/open-apis/bot/v2/hook/",
	}[k] + token
}

// shop is a desk with a public address whose robots may call this machine.
func shop(t testing.TB) *tests.TestApp {
	t.Helper()
	app := desktest.New(t)
	outbound.Register(app, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	if err := access.EnsureGroups(app); err != nil {
		t.Fatal(err)
	}
	about := settings.ShopOf(app)
	about.Name, about.BaseURL = "禾野优选", "https://kf.example.com"
	if err := settings.SaveShop(app, about); err != nil {
		t.Fatal(err)
	}
	return app
}

func robot(t testing.TB, app core.App, s *sink, k notices.Kind) *notices.Robot {
	t.Helper()
	b, err := notices.Add(app, notices.Draft{Name: "主管群", Kind: k, Address: s.address(k), Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func groups(t testing.TB, app core.App) []*access.Group {
	t.Helper()
	list, err := access.Groups(app)
	if err != nil {
		t.Fatal(err)
	}
	return list
}
