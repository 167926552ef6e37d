package outbound

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// errClosed is why an address was not dialled. It never reaches whoever asked.
var errClosed = errors.New("an address that is not to be called")

// gate knows which addresses may be called.
type gate struct{ allow []netip.Prefix }

// closed are the networks that belong to nobody on the public internet, and
// those through which others are reached: IANA's special-purpose registries for
// IPv4 and IPv6, and what clouds put their metadata on.
var closed = prefixes(
	"0.0.0.0/8",         // this network; 0.0.0.0 is the machine itself
	"10.0.0.0/8",        // private
	"100.64.0.0/10",     // carriers' NAT; 100.100.100.200 is Alibaba Cloud's metadata
	"127.0.0.0/8",       // loopback
	"168.63.129.16/32",  // Azure's metadata
	"169.254.0.0/16",    // link-local; 169.254.169.254 is everybody's metadata
	"172.16.0.0/12",     // private
	"192.0.0.0/24",      // IETF assignments; 192.0.0.192 is Oracle Cloud's metadata
	"192.0.2.0/24",      // documentation
	"192.31.196.0/24",   // AS112
	"192.52.193.0/24",   // AMT
	"192.88.99.0/24",    // 6to4 relays
	"192.168.0.0/16",    // private
	"192.175.48.0/24",   // AS112
	"198.18.0.0/15",     // benchmarks
	"198.51.100.0/24",   // documentation
	"203.0.113.0/24",    // documentation
	"224.0.0.0/4",       // multicast
	"240.0.0.0/4",       // reserved, and broadcast
	"2001::/23",         // IETF assignments, Teredo among them
	"2001:db8::/32",     // documentation
	"2002::/16",         // 6to4
	"2620:4f:8000::/48", // AS112
	"3fff::/20",         // documentation
)

var (
	global = netip.MustParsePrefix("2000::/3")     // all of IPv6 that is the public internet's
	nat64  = netip.MustParsePrefix("64:ff9b::/96") // IPv4 as seen from a network without
)

func prefixes(texts ...string) (list []netip.Prefix) {
	for _, text := range texts {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

func within(list []netip.Prefix, a netip.Addr) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// named reports whether whoever runs the program has allowed a by name.
func (g gate) named(a netip.Addr) bool { return within(g.allow, a.Unmap()) }

// open reports whether a may be called.
func (g gate) open(a netip.Addr) bool {
	a = a.Unmap()
	if g.named(a) {
		return true
	}
	if nat64.Contains(a) {
		inner := a.As16()
		a = netip.AddrFrom4([4]byte(inner[12:]))
	}
	return a.Zone() == "" && (a.Is4() || global.Contains(a)) && !within(closed, a)
}

// caller is the HTTP client of one app.
type caller struct {
	gate
	client   *http.Client
	patience time.Duration
}

// ways are the two transports: HTTPS to whoever is open, plain HTTP to those
// who are named.
type ways struct{ secure, plain *http.Transport }

// RoundTrip chooses by the scheme of r.
func (w ways) RoundTrip(r *http.Request) (*http.Response, error) {
	switch r.URL.Scheme {
	case "https":
		return w.secure.RoundTrip(r) //nolint:wrapcheck // a transport's own errors
	case "http":
		return w.plain.RoundTrip(r) //nolint:wrapcheck // likewise
	}
	return nil, errClosed
}

// newCaller resolves names with resolver, the system's where it is nil.
func newCaller(g gate, resolver *net.Resolver) *caller {
	w := ways{secure: transport(g.open, resolver), plain: transport(g.named, resolver)}
	return &caller{gate: g, patience: Patience, client: &http.Client{
		Transport:     w,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// transport connects to addresses that may. A name is looked up once a
// connection, and the check sees what came of it: a second answer cannot slip in
// between.
func transport(may func(netip.Addr) bool, resolver *net.Resolver) *http.Transport {
	dialer := &net.Dialer{
		Timeout: Patience, Resolver: resolver,
		ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
			a, err := netip.ParseAddrPort(address)
			if err != nil || !may(a.Addr()) {
				return errClosed
			}
			return nil
		},
	}
	return &http.Transport{
		DialContext: dialer.DialContext, DisableCompression: true, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: Most,
		TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, TLSHandshakeTimeout: Patience, MaxIdleConns: 20, MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute,
	}
}
