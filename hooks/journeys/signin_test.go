package journeys_test

import (
	"bufio"
	"encoding/base32"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// begins2FA sets two-step sign-in up on the page that offers it, as whoever has
// the password and a phone does, and returns the recovery codes.
func (v *view) begins2FA() []string {
	v.p.t.Helper()
	v.p.spent = v.code(0)
	v.write("[name=code]", v.p.spent)
	if ask[bool](v, `!!document.querySelector("[name=current]")`) {
		v.write("[name=current]", password)
	}
	v.click("button.pri", say("signin.two_step_begin"))
	v.sees(".pg-codes", "")
	return ask[[]string](v, `[...document.querySelectorAll(".pg-codes code")].map((c) => c.textContent)`)
}

// code is what the phone shows, some steps of half a minute from now, for the
// secret that the page has shown last.
func (v *view) code(steps int) string {
	v.p.t.Helper()
	if shown := ask[string](v, `document.querySelector(".pg-secret")?.textContent ?? ""`); shown != "" {
		v.p.secret = strings.ReplaceAll(shown, " ", "")
	}
	if _, err := base32.StdEncoding.DecodeString(v.p.secret); err != nil {
		v.p.t.Fatalf("the page's key %q: %v", v.p.secret, err)
	}
	code, err := totp.GenerateCode(v.p.secret, time.Now().Add(time.Duration(steps)*30*time.Second))
	if err != nil {
		v.p.t.Fatal(err)
	}
	return code
}

func (v *view) signsIn(mail string) {
	v.p.t.Helper()
	v.sees("[name=identity]", "")
	v.write("[name=identity]", mail)
	v.write("[name=password]", password)
	v.click("button.pri", say("access.sign_in_button"))
}

func (v *view) signsOut() {
	v.p.t.Helper()
	ask[any](v, `fetch("/sign-out", { method: "POST", redirect: "manual" }).then(() => location.assign("/sign-in"))`)
}

// An agent whose role asks for it sets two-step sign-in up before anything else,
// signs in with the phone, and with a recovery code when it is lost.
func TestSecondStepFromTheFirstSignInOn(t *testing.T) {
	t.Parallel()
	d := desk(t)
	boss := somebody(t, "owner")
	signIn(boss, d, ownerMail)
	boss.visit(d.url("/admin/security"))
	boss.click("[name=two_step][value=agent]", "")
	boss.sees("#effects", "2")
	boss.click(".ad-save button", say("signin.security_save"))
	boss.sees(".ad-flash", say("signin.security_saved"))

	a := somebody(t, "agent")
	a.visit(d.url("/sign-in"))
	a.signsIn(agentMail)
	a.sees(".pg-qr", "")
	a.visit(d.url("/desk")) // and nothing else passes
	a.sees(".pg-note", say("signin.two_step_duty"))
	codes := a.begins2FA()
	a.click("a.pri", say("signin.codes_kept"))
	a.sees(".list h1", say("console.conversations"))

	a.signsOut()
	a.signsIn(agentMail)
	a.sees("h1", say("signin.code_title"))
	a.write("[name=code]", a.spent)
	a.click("button.pri", say("signin.code_button"))
	a.sees(".pg-error", say("signin.code_wrong"))
	a.write("[name=code]", a.code(1))
	a.click("button.pri", say("signin.code_button"))
	a.sees(".list h1", say("console.conversations"))

	a.signsOut()
	a.signsIn(agentMail)
	a.sees("h1", say("signin.code_title"))
	a.write("[name=code]", strings.ToUpper(codes[3]))
	a.click("button.pri", say("signin.code_button"))
	a.sees(".list h1", say("console.conversations"))
	a.visit(d.url("/account"))
	a.sees(".ad-todo", "9")
	a.sees("table", say("signin.past_wrong_code"))
}

// An agent holds one browser at a time: the first is told why it ended, in the
// open console and on the sign-in page.
func TestSecondSignInEndsTheFirst(t *testing.T) {
	t.Parallel()
	d := desk(t)
	first := agent(t, d, agentMail)
	second := somebody(t, "second")
	signIn(second, d, agentMail)
	first.sees("dialog", say("console.elsewhere_text"))
	first.click("dialog button", say("console.sign_in_again"))
	first.sees(".pg-note", "Chrome · Linux")
	first.sees(".pg-note", "127.0.0.1")

	boss, office := somebody(t, "owner"), somebody(t, "owner at the office")
	signIn(boss, d, ownerMail) // may hold several
	signIn(office, d, ownerMail)
	boss.visit(d.url("/account"))
	boss.click(".ad-todo form button", say("signin.open_end"))
	boss.sees(".ad-flash", say("signin.ended_one"))
	office.sees("dialog", say("console.signed_out_text"))
	office.click("dialog button", say("console.sign_in_again"))
	office.sees(".pg-note", say("signin.out_ended"))
}

// Whoever forgot their password gets a link by mail that works once.
func TestForgottenPassword(t *testing.T) {
	t.Parallel()
	d := desk(t)
	p := somebody(t, "agent")
	p.visit(d.url("/sign-in"))
	p.sees(".pg-foot", say("access.sign_in_help")) // there is no mail server
	mails := d.mailServer()

	p.visit(d.url("/sign-in"))
	p.click(".pg-foot a", say("signin.forgot_link"))
	p.sees("[name=identity]", "")
	p.write("[name=identity]", agentMail)
	p.click("button.pri", say("signin.forgot_button"))
	p.sees("[role=status]", "")
	var link string
	select {
	case text := <-mails:
		link = regexp.MustCompile(`http://\S+/reset/[\w-]{43}`).FindString(text)
		if link == "" || !strings.HasPrefix(link, d.url("/reset/")) {
			t.Fatalf("no link of ours in\n%s", text)
		}
	case <-time.After(patience):
		t.Fatal("no mail")
	}
	p.visit(link)
	p.audit()
	p.write("[name=password]", "12345678")
	p.click("button.pri", say("access.password_button"))
	p.sees(".pg-error", say("access.password_common"))
	p.write("[name=password]", "another-horse-8")
	p.click("button.pri", say("access.password_button"))
	p.sees("h1", say("signin.reset_done"))
	p.visit(link)
	p.sees("h1", say("signin.reset_over"))

	p.visit(d.url("/sign-in"))
	p.write("[name=identity]", agentMail)
	p.write("[name=password]", "another-horse-8")
	p.click("button.pri", say("access.sign_in_button"))
	p.sees(".list h1", say("console.conversations"))
}

// mailServer gives the shop a mail server, in the dashboard as its owner does, and
// a public address, and returns what is sent.
func (p *program) mailServer() <-chan string {
	p.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = listener.Close() })
	mails := make(chan string, 10)
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go takeMail(c, mails)
		}
	}()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	token := p.superuser()
	p.api(token, http.MethodPatch, "/api/settings", `{"smtp":{"enabled":true,"host":"127.0.0.1","port":`+port+`},"meta":{"senderAddress":"shop@heye.cn","senderName":"x","appName":"Xiaoer","appURL":"http://localhost"}}`)
	p.stop()
	p.flags = []string{"--base-url", p.url("")}
	p.start()
	return mails
}

// takeMail speaks as much SMTP as a client needs that signs in nowhere.
func takeMail(c net.Conn, mails chan<- string) {
	defer func() { _ = c.Close() }()
	say := func(line string) { _, _ = c.Write([]byte(line + "\r\n")) }
	say("220 sink")
	lines := bufio.NewScanner(c)
	for lines.Scan() {
		switch verb := strings.ToUpper(strings.SplitN(lines.Text(), " ", 2)[0]); verb {
		case "EHLO", "HELO":
			say("250 sink")
		case "DATA":
			say("354 go on")
			var text strings.Builder
			for lines.Scan() && lines.Text() != "." {
				text.WriteString(lines.Text() + "\n")
			}
			mails <- unquotePrintable(text.String())
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 fine")
		}
	}
}

func unquotePrintable(text string) string {
	return strings.NewReplacer("=\n", "", "=3D", "=").Replace(text)
}

// api calls PocketBase's own.
func (p *program) api(token, method, path, body string) string {
	p.t.Helper()
	r, err := http.NewRequest(method, p.url(path), strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		p.t.Fatalf("%s %s: %s %v\n%s", method, path, answer.Status, err, text)
	}
	return string(text)
}

// superuser is a token of the dashboard's.
func (p *program) superuser() string {
	p.t.Helper()
	answer := p.api("", http.MethodPost, "/api/collections/_superusers/auth-with-password", `{"identity":"`+ownerMail+`","password":"`+password+`"}`)
	found := regexp.MustCompile(`"token":"([^"]+)"`).FindStringSubmatch(answer)
	if found == nil {
		p.t.Fatalf("no token in %s", answer)
	}
	return found[1]
}
