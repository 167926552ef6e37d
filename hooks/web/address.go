package web

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

// Address is the client's address, without a port.
func Address(e *core.RequestEvent) string {
	if a, err := netip.ParseAddrPort(e.Request.RemoteAddr); err == nil {
		return a.Addr().Unmap().String()
	}
	return e.Request.RemoteAddr
}

// Secure reports whether the client speaks TLS, to us or to a proxy that we trust.
func Secure(e *core.RequestEvent) bool { return SecureRequest(e.Request) }

// SecureRequest is [Secure] for who has only the request.
func SecureRequest(r *http.Request) bool {
	return r.TLS != nil || r.Context().Value(viaTLS{}) != nil
}

// viaTLS marks a request that reached a trusted proxy by TLS.
type viaTLS struct{}

// PublicURL is the address of the program as the world sees it, without a slash
// at the end: what the program was started with, or what the owner has set, and
// "" where neither has said it. What is sent to somebody is built from this
// alone, since anybody can make up a request's Host.
func PublicURL(app core.App) string {
	if base, ok := app.Store().Get(keyBaseURL).(string); ok {
		return base
	}
	return settings.ShopOf(app).BaseURL
}

// BaseURL is [PublicURL], or else what the request was sent to.
func BaseURL(e *core.RequestEvent) string {
	if base := PublicURL(e.App); base != "" {
		return base
	}
	scheme := "http://"
	if Secure(e) {
		scheme = "https://"
	}
	return scheme + e.Request.Host
}

// FixedBaseURL is the public address that the program was started with, which
// goes before the settings'; "" without one.
func FixedBaseURL(app core.App) string {
	base, _ := app.Store().Get(keyBaseURL).(string)
	return base
}

// believeProxies puts the real client in place of a trusted proxy, once and for
// everything after it: our limits, PocketBase's limiter and the logs. Whoever
// else sends these headers is not believed.
func believeProxies(trusted []netip.Prefix) func(*core.RequestEvent) error {
	isTrusted := func(a netip.Addr) bool {
		return slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
	}
	return func(e *core.RequestEvent) error {
		peer, err := netip.ParseAddrPort(e.Request.RemoteAddr)
		if err != nil || !isTrusted(peer.Addr()) {
			return e.Next()
		}
		if client, ok := forwarded(e.Request.Header.Values("X-Forwarded-For"), isTrusted); ok {
			e.Request.RemoteAddr = net.JoinHostPort(client.String(), "0")
		}
		if e.Request.Header.Get("X-Forwarded-Proto") == "https" {
			e.Request = e.Request.WithContext(context.WithValue(e.Request.Context(), viaTLS{}, true))
		}
		return e.Next()
	}
}

// forwarded returns the last address that no trusted proxy has: what stands
// before it may be made up by the client.
func forwarded(headers []string, isTrusted func(netip.Addr) bool) (netip.Addr, bool) {
	hops := strings.Split(strings.Join(headers, ","), ",")
	for _, hop := range slices.Backward(hops) {
		a, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			return netip.Addr{}, false
		}
		if !isTrusted(a) {
			return a.Unmap(), true
		}
	}
	return netip.Addr{}, false
}
