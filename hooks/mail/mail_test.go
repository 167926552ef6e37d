package mail_test

import (
	"bufio"
	"context"
	"errors"
	"mime"
	"net"
	"net/mail"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	ours "github.com/dianxiaoer/xiaoer/hooks/mail"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
	_ "github.com/dianxiaoer/xiaoer/pb_migrations" // the schema
)

// served is an app whose mail server is what take makes of each connection.
func served(t *testing.T, take func(net.Conn)) core.App {
	t.Helper()
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: t.TempDir()})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err = errors.Join(err, app.Bootstrap(), app.RunAllMigrations()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = errors.Join(l.Close(), app.ResetBootstrapState()) })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go take(c)
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	app.Settings().SMTP.Enabled, app.Settings().SMTP.Host = true, "127.0.0.1"
	app.Settings().SMTP.Port, _ = strconv.Atoi(port)
	app.Settings().Meta.SenderAddress = "shop@heye.cn"
	return app
}

// said is a sink that writes down what a client says, line by line.
func said(lines chan<- []string) func(net.Conn) {
	return func(c net.Conn) {
		defer func() { _ = c.Close() }()
		say := func(line string) { _, _ = c.Write([]byte(line + "\r\n")) }
		say("220 sink")
		var all []string
		within := false
		for in := bufio.NewScanner(c); in.Scan(); {
			line := in.Text()
			all = append(all, line)
			verb := strings.ToUpper(strings.SplitN(line, " ", 2)[0])
			switch {
			case within && line == ".":
				within = false
				say("250 taken")
			case within:
			case verb == "DATA":
				within = true
				say("354 go on")
			case verb == "QUIT":
				say("221 bye")
				lines <- all
				return
			default:
				say("250 fine")
			}
		}
		lines <- all
	}
}

// C35. Whatever stands in a letter, it goes to the one whom it is for, with one of
// each header, and says to the mail server nothing but itself.
func TestALetterIsOneLetter(t *testing.T) {
	lines := make(chan []string, 1)
	app := served(t, said(lines))
	const evil = "\r\nBcc: evil@example.com\r\nSubject: another\r\n\r\n<script>"
	if err := settings.SaveShop(app, settings.Shop{Name: "禾野{{.}}" + evil, Language: "zh-CN"}); err != nil {
		t.Fatal(err)
	}
	text := "第一行\r\n.\r\nMAIL FROM:<evil@example.com>\r\nRCPT TO:<evil@example.com>\r\n.\n..\nQUIT"
	l := ours.Letter{To: "ann@heye.cn", Subject: "改密码" + evil, Text: text, HTML: "<p>.</p>\r\n.\r\n<p>x</p>"}
	if err := ours.Send(t.Context(), app, l); err != nil {
		t.Fatal(err)
	}
	var commands, body []string
	within := false
	for _, line := range <-lines {
		if within {
			within = line != "."
			body = append(body, strings.TrimPrefix(line, "."))
			continue
		}
		commands = append(commands, line)
		within = line == "DATA"
	}
	if got := strings.Join(commands, "|"); strings.Count(got, "RCPT TO:") != 1 || strings.Count(got, "MAIL FROM:") != 1 || strings.Contains(got, "evil") {
		t.Errorf("the mail server was told %s", got)
	}
	m, err := mail.ReadMessage(strings.NewReader(strings.Join(body, "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || !strings.HasPrefix(subject, "改密码") || len(m.Header["Subject"]) != 1 || len(m.Header["From"]) != 1 || len(m.Header["Bcc"]) != 0 || !strings.Contains(m.Header.Get("To"), "ann@heye.cn") {
		t.Errorf("headers %v: %q, %v", m.Header, subject, err)
	}
	if last := ours.LastOf(app); last.Sent.IsZero() || !last.Failed.IsZero() {
		t.Errorf("of what was sent is known %+v", last)
	}
	for _, to := range []string{"ann@heye.cn\r\nRCPT TO:<evil@example.com>", "ann@heye.cn>, <evil@example.com", ""} {
		if err := ours.Send(t.Context(), app, ours.Letter{To: to, Subject: "x", Text: "x"}); err == nil {
			t.Errorf("a letter was sent to %q: %s", to, strings.Join(<-lines, "|"))
		}
	}
}

// C75. A mail server that takes the call and never answers holds few goroutines,
// however many letters there are, and nobody who writes one.
func TestAMailServerThatNeverAnswers(t *testing.T) {
	quiet := make(chan struct{})
	app := served(t, func(c net.Conn) { <-quiet; _ = c.Close() })
	before := runtime.NumGoroutine()
	began := time.Now()
	silent := 0
	for range 200 {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		err := ours.Send(ctx, app, ours.Letter{To: "ann@heye.cn", Subject: "x", Text: "x"})
		cancel()
		if err == nil {
			t.Fatal("a letter was sent to nobody")
		}
		if errors.Is(err, ours.ErrSilent) {
			silent++
		}
	}
	if more := runtime.NumGoroutine() - before; more > 40 || silent < 150 || time.Since(began) > 30*time.Second {
		t.Errorf("200 letters hold %d goroutines after %v, %d were not tried", more, time.Since(began), silent)
	}
	if last := ours.LastOf(app); !last.Sent.IsZero() || last.Why != context.DeadlineExceeded.Error() {
		t.Errorf("of what was not sent is known %+v", last)
	}
	close(quiet)
}
