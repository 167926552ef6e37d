// Package outbound calls other people's servers, at addresses that somebody has
// typed into a form. It is the only way out for such an address.
//
// An address may be a trap: it can lead to the machine itself, to its network or
// to a cloud's metadata, by its text, by its name's answer in the DNS, by a second
// answer a moment later, or by a redirect. So nothing is decided by the text.
// What counts is the address that is really dialled, which is looked at between
// the lookup and the connection; redirects are not followed, and a proxy that
// the environment names, which would do the dialling, is not asked. Only HTTPS
// goes out. Whoever runs the program may name networks to which these rules do
// not apply, and which are reached without TLS too.
//
// An answer is read up to a limit, as it comes: a compressed one is not unpacked.
// Whatever keeps somebody from answering is one and the same error, so that the
// form cannot be used to find out what stands where. Addresses hold secrets, so
// no error names one.
package outbound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

const (
	// Patience is how long a call may take, from the lookup to the last byte.
	Patience = 5 * time.Second
	// Most is how much of an answer is read.
	Most = 64 << 10
)

const storeKey = "outbound.caller"

// Register prepares app's calls. The networks of allow may be reached although
// they are not the public internet's.
func Register(app core.App, allow []netip.Prefix) {
	app.Store().Set(storeKey, newCaller(gate{allow: allow}, nil))
}

func of(app core.App) *caller {
	c, ok := app.Store().Get(storeKey).(*caller)
	if !ok {
		panic("outbound.Register was not called for this app")
	}
	return c
}

// Answer is what a server has said, up to [Most] bytes of it.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do sends r and returns the answer, whatever its status is. Its error is a
// [fail.Error] that tells a person what to look at; that nobody was reached is
// always "outbound.unreachable".
func Do(ctx context.Context, app core.App, r *http.Request) (*Answer, error) {
	return of(app).do(ctx, r)
}

// Address checks what somebody typed as an address to call, and returns it. It
// promises nothing about where it leads.
func Address(app core.App, text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil { // which would repeat the address
		return nil, fail.New(fail.Invalid, "outbound.address_wrong")
	}
	plain := u.Scheme == "http" && len(of(app).allow) > 0
	if u.Scheme != "https" && !plain || u.Hostname() == "" || u.User != nil || u.Fragment != "" || u.Opaque != "" {
		return nil, fail.New(fail.Invalid, "outbound.address_wrong")
	}
	return u, nil
}

// do sends r within [Patience].
func (c *caller) do(ctx context.Context, r *http.Request) (*Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	connected := false // only then the other side may be blamed
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected = true }})
	response, err := c.client.Do(r.WithContext(ctx)) //nolint:gosec // that is what the gate is for
	if err != nil {
		return nil, mute(err, connected)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode >= 300 && response.StatusCode < 400 {
		return nil, fail.New(fail.Unavailable, "outbound.redirected")
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, Most+1))
	switch {
	case err != nil:
		return nil, mute(err, true)
	case len(body) > Most:
		return nil, fail.New(fail.Unavailable, "outbound.too_much")
	}
	return &Answer{Status: response.StatusCode, Header: response.Header, Body: body}, nil
}

// mute says what went wrong without the address.
func mute(err error, connected bool) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	key := "outbound.unreachable"
	if connected && errors.Is(err, context.DeadlineExceeded) {
		key = "outbound.late"
	}
	return fail.New(fail.Unavailable, key).Because(fmt.Errorf("call: %w", err))
}
