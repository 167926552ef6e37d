package protocol

import (
	"encoding/json"
	"time"
	"unicode/utf8"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/live"
	"github.com/dianxiaoer/xiaoer/hooks/web"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// command is a live command: who may give it, and what it does. Where it
// returns an entry, that is the ack.
type command struct {
	permission web.Permission // staff's; visitors are asked for nothing beyond visitors
	visitors   bool           // may give it too
	run        func(d *desk, who *caller, f live.Frame) (*conversations.Message, error)
}

// typeSend is the one that may be handled beside others.
const typeSend = "send"

// commands is every command of the protocol but the hello.
var commands = map[string]command{
	typeSend:   {access.ConversationsReply, true, (*desk).send},
	"recall":   {access.ConversationsReply, true, (*desk).recall},
	"take":     {access.ConversationsReply, false, (*desk).take},
	"transfer": {access.ConversationsTransfer, false, (*desk).transfer},
	"close":    {access.ConversationsReply, false, (*desk).close},
	"presence": {access.ConversationsReply, false, (*desk).presence},
	"typing":   {web.SignedIn, true, (*desk).typing},
	"viewing":  {web.SignedIn, false, (*desk).viewing},
	"page":     {web.Visitor, true, (*desk).page},
	"read":     {web.SignedIn, true, (*desk).read},
	"ping":     {web.Anyone, true, (*desk).ping},
}

// CommandTypes lists what a client may send, for the document's test.
func CommandTypes() []string {
	list := append(make([]string, 0, len(commands)+1), "hello")
	for name := range commands {
		list = append(list, name)
	}
	return list
}

// envelope is what every frame has.
type envelope struct {
	Type string          `json:"type"`
	ID   json.RawMessage `json:"id"`
}

// id is the frame's id as the client wrote it, where it wrote a string.
func (e envelope) id() string {
	var id string
	_ = json.Unmarshal(e.ID, &id)
	return id
}

// Frame implements [live.Handler]. Only a send lets the next frame come before it is
// done; whatever else there is waits its turn, and so does each answer.
func (d *desk) Frame(f live.Frame) {
	s, raw := f.From, f.Text
	var e envelope
	err := json.Unmarshal(raw, &e)
	if e.Type != typeSend {
		f.InTurn()
	}
	if err != nil || e.Type == "" {
		s.Close(live.Malformed, "a JSON object with a type is needed")
		return
	}
	if e.Type == "hello" {
		var h hello
		if err = json.Unmarshal(raw, &h); err != nil {
			s.Close(live.Unauthorized, "sign in")
			return
		}
		d.greet(s, h)
		return
	}
	who := peerOf(s)
	if who == nil {
		s.Close(live.Malformed, "hello comes first")
		return
	}
	if err = d.used(who, e.Type); err != nil {
		f.InTurn()
		s.Close(goodbye(err))
		return
	}
	m, err := d.obey(who, e.Type, f)
	f.InTurn()
	switch {
	case err != nil:
		s.Send(d.refusal(e, err, who.lang))
	case m != nil:
		s.Send(frame{Type: typeAck, ID: e.id(), Message: d.message(m, who)}.bytes())
	}
}

// used notes that a member of staff does something, which keeps their sign-in
// from going idle, and refuses whose sign-in has ended or who has something to do
// first. What clients send by themselves, a ping, is no use.
func (d *desk) used(who *caller, name string) error {
	if who.isVisitor() || name == "ping" {
		return nil
	}
	if _, err := access.Use(d.app, who.person.Load()); fail.Of(err).Kind == fail.Unauthorized && err != nil {
		return err
	}
	return nil // a fault of ours signs nobody out
}

// obey runs a command for who, if they may.
func (d *desk) obey(who *caller, name string, f live.Frame) (*conversations.Message, error) {
	c, known := commands[name]
	if !known {
		return nil, fail.New(fail.UnknownType, "fail.unknown_type", "Type", brief(name))
	}
	if who.isVisitor() && !c.visitors {
		return nil, fail.New(fail.Forbidden, "fail.forbidden")
	}
	if !who.isVisitor() && !permitted(who.person.Load(), c.permission) {
		return nil, fail.New(fail.Forbidden, "fail.forbidden")
	}
	return c.run(d, who, f)
}

func permitted(p *access.Person, need web.Permission) bool {
	switch need {
	case web.Anyone, web.SignedIn:
		return true
	case web.Visitor:
		return false
	}
	return p.May(need)
}

func brief(s string) string {
	if utf8.RuneCountInString(s) > 40 {
		return string([]rune(s)[:40]) + "…"
	}
	return s
}

// refusal turns an error into a refused or a retry.
func (d *desk) refusal(e envelope, err error, lang string) []byte {
	f := fail.Of(err)
	if f.Kind == fail.Internal {
		d.app.Logger().Error("command failed", "type", e.Type, "error", err)
	}
	if f.Kind.Retry() {
		code := f.Kind
		if code == fail.Internal {
			code = fail.Busy
		}
		after := f.After
		if after <= 0 {
			after = time.Second
		}
		return frame{Type: typeRetry, ID: e.id(), After: after.Milliseconds(), Code: string(code)}.bytes()
	}
	return frame{Type: typeRefused, ID: e.id(), Code: string(code(f.Kind)), Text: f.Text(lang)}.bytes()
}

// code is the protocol's word for a kind that only HTTP knows.
func code(k fail.Kind) fail.Kind {
	switch k {
	case fail.Unauthorized:
		return fail.Forbidden
	case fail.Conflict, fail.TooLarge, fail.Unsupported:
		return fail.Invalid
	default:
		return k
	}
}

// decode reads a command; what does not fit is the client's fault.
func decode[T any](raw []byte) (T, error) {
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, fail.New(fail.Invalid, "fail.invalid").Because(err)
	}
	return v, nil
}

func say(lang, key string) string { return locale.In(lang).T(key) }
