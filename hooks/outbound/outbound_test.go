package outbound

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/desktest/bare"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// canary counts the connections to a port of this machine that nobody may call.
func canary(t *testing.T, address string) (port string, seen *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Skip(err) // a machine without IPv6
	}
	t.Cleanup(func() { _ = l.Close() })
	seen = &atomic.Int32{}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			seen.Add(1)
			_ = c.Close()
		}
	}()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port), seen
}

func get(t *testing.T, c *caller, address string) (*Answer, error) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return nil, fail.New(fail.Unavailable, "outbound.unreachable")
	}
	return c.do(t.Context(), r)
}

func key(err error) string {
	if e, ok := errors.AsType[*fail.Error](err); ok {
		return e.Key
	}
	return fmt.Sprint(err)
}

// C61. However an address spells this machine, its network or a cloud's metadata,
// nobody is called, and the answer is always the same.
func TestNobodyBehindTheWallIsCalled(t *testing.T) {
	t.Parallel()
	port, four := canary(t, "127.0.0.1:0")
	names := dns(t, func(name string) []byte {
		switch {
		case strings.HasPrefix(name, "metadata"):
			return []byte{169, 254, 169, 254}
		case strings.HasPrefix(name, "private"):
			return []byte{192, 168, 1, 1}
		case strings.HasPrefix(name, "mine"):
			return []byte{127, 0, 0, 1}
		}
		return nil
	})
	c := newCaller(gate{}, names)
	hosts := []string{
		"127.0.0.1", "localhost", "LOCALHOST", "localhost.", "127.1", "127.0.1", "0", "0.0.0.0", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1",
		"127.127.127.127", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]",
		"[fe80::1%25lo]", "[::1%25lo]", "169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "[fd00:ec2::254]", "10.0.0.1", "172.16.0.1", "192.168.0.1",
		"255.255.255.255", "224.0.0.1", "[ff02::1]", "mine.example", "metadata.example", "private.example", "１２７.0.0.1", "127。0。0。1", "qyapi.weixin.qq.com@127.0.0.1",
		"127.0.0.1%00.qq.com", "127.0.0.1\\@oapi.dingtalk.com",
	}
	for _, scheme := range []string{"https", "http", "HTTP", "ftp", "gopher", "file", "ws", "unix"} {
		for _, host := range hosts {
			if _, err := get(t, c, scheme+"://"+host+":"+port+"/robot/send?access_token=secret"); key(err) != "outbound.unreachable" {
				t.Errorf("%s %s: %v", scheme, host, err)
			} else if strings.Contains(err.Error(), "secret") {
				t.Errorf("%s %s: the error tells %v", scheme, host, err)
			}
		}
	}
	if n := four.Load(); n > 0 {
		t.Errorf("%d connections came through", n)
	}
}

// What lies open is what is the public internet's.
func TestOnlyThePublicInternetIsOpen(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"1.1.1.1": true, "223.5.5.5": true, "::ffff:1.1.1.1": true, "64:ff9b::1.1.1.1": true, "2400:3200::1": true, "192.0.1.1": true, "172.32.0.1": true, "100.128.0.1": true, "11.0.0.1": true,
		"64:ff9b::10.0.0.1": false, "64:ff9b:1::1.1.1.1": false, "2001::1": false, "2001:db8::1": false, "2002:a00:1::": false, "fc00::1": false, "fec0::1": false, "::": false, "100::1": false, "5f00::1": false,
		"172.31.255.255": false, "100.127.255.255": false, "198.19.255.255": false, "0.1.2.3": false, "240.0.0.1": false, "fe80::1%eth0": false, "2400:3200::1%eth0": false,
	} {
		if got := (gate{}).open(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s is open: %t", text, got)
		}
	}
	if g := (gate{allow: loopback}); !g.open(netip.MustParseAddr("::ffff:127.0.0.9")) || g.open(netip.MustParseAddr("10.0.0.1")) || g.named(netip.MustParseAddr("1.1.1.1")) {
		t.Error("what is named is not what is open")
	}
}

// C62. A name that is harmless when it is asked and is this machine's a moment
// later is looked at where it counts. So is one that answers with both.
func TestTheAddressIsCheckedAsItIsDialled(t *testing.T) {
	t.Parallel()
	port, seen := canary(t, "127.0.0.1:0")
	var asked atomic.Int32
	names := dns(t, func(name string) []byte {
		if asked.Add(1) == 1 && strings.HasPrefix(name, "rebind") {
			return []byte{203, 0, 113, 7} // not this machine
		}
		return []byte{127, 0, 0, 1}
	})
	c := newCaller(gate{allow: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")}}, names)
	c.patience = time.Second
	for range 3 {
		if _, err := get(t, c, "https://rebind.example:"+port); key(err) != "outbound.unreachable" {
			t.Error(err)
		}
	}
	if asked.Load() < 3 || seen.Load() > 0 {
		t.Errorf("asked %d times, %d connections", asked.Load(), seen.Load())
	}
}

// C64. What a server may do to whoever calls it.
func TestServersAreBorneAsTheyAre(t *testing.T) {
	t.Parallel()
	port, seen := canary(t, "127.0.0.1:0")
	end := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("/fine", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write([]byte("good"))
	})
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://127.0.0.1:"+port, http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/silent", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-end:
		}
	})
	mux.HandleFunc("/endless", func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := w.Write(bytes.Repeat([]byte("x"), 1024)); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/bomb", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		for range 128 {
			_, _ = z.Write(make([]byte, 16<<10)) // 2 MB in 2 KB
		}
		_ = z.Close()
	})
	mux.HandleFunc("/headers", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Long", strings.Repeat("x", Most+1)) })
	server := httptest.NewServer(mux)
	defer server.Close()
	defer close(end)
	c := newCaller(gate{allow: loopback}, nil)
	c.patience = 300 * time.Millisecond
	for path, want := range map[string]string{
		"/away": "outbound.redirected", "/silent": "outbound.late", "/endless": "outbound.too_much", "/headers": "outbound.unreachable",
	} {
		if _, err := get(t, c, server.URL+path); key(err) != want {
			t.Errorf("%s: %v", path, err)
		}
	}
	c.patience = Patience
	if a, err := get(t, c, server.URL+"/fine"); err != nil || a.Status != http.StatusTeapot || string(a.Body) != "good" {
		t.Errorf("%v, %v", a, err)
	}
	if a, err := get(t, c, server.URL+"/bomb"); err != nil || len(a.Body) > Most || a.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("a bomb was unpacked: %v", err)
	}
	if seen.Load() > 0 {
		t.Error("a redirect was followed")
	}
}

// Where TLS is asked for, a certificate must be somebody's whom the machine
// trusts, and plain HTTP goes nowhere that is not named.
func TestHTTPSIsTheWayOut(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	c := newCaller(gate{allow: loopback}, nil)
	if _, err := get(t, c, server.URL); key(err) != "outbound.unreachable" {
		t.Errorf("an unknown certificate: %v", err)
	}
	w, _ := c.client.Transport.(ways)
	w.secure.TLSClientConfig.RootCAs = x509.NewCertPool()
	w.secure.TLSClientConfig.RootCAs.AddCert(server.Certificate())
	if _, err := get(t, c, server.URL); err != nil {
		t.Errorf("a known one: %v", err)
	}
}

func TestAddressesAreWholeAndSecret(t *testing.T) {
	t.Parallel()
	app := bare.New(t)
	Register(app, nil)
	for _, text := range []string{"", "oapi.dingtalk.com/robot", "http://oapi.dingtalk.com/x", "https://", "https:///x", "https://a:b@c.com/", "https://c.com/#x", "javascript:alert(1)", "https:c.com", "https://c.com/%zz?key=secret"} {
		if _, err := Address(app, text); key(err) != "outbound.address_wrong" || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", text, err)
		}
	}
	if u, err := Address(app, " https://oapi.dingtalk.com/robot/send?access_token=x "); err != nil || u.Host != "oapi.dingtalk.com" {
		t.Error(u, err)
	}
	Register(app, loopback)
	if _, err := Address(app, "http://127.0.0.1:9000/x"); err != nil {
		t.Errorf("a named network without TLS: %v", err)
	}
}

// dns is a resolver that asks a server of the test's own. It answers A with what
// answer gives, and nothing else.
func dns(t *testing.T, answer func(name string) []byte) *net.Resolver {
	t.Helper()
	l, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		buffer := make([]byte, 1500)
		for {
			n, from, err := l.ReadFrom(buffer)
			if err != nil {
				return
			}
			_, _ = l.WriteTo(reply(buffer[:n], answer), from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", l.LocalAddr().String())
	}}
}

// reply answers a question (RFC 1035, 4.1): its header and question again, and
// an address that is true for no time at all.
func reply(question []byte, answer func(name string) []byte) []byte {
	end, labels := 12, []string{}
	for question[end] != 0 {
		n := int(question[end])
		labels = append(labels, string(question[end+1:end+1+n]))
		end += n + 1
	}
	name := strings.Join(labels, ".")
	end += 5 // the root, the type and the class
	out := append([]byte{}, question[:end]...)
	out[2], out[3] = 0x81, 0x80               // an answer, recursion done
	copy(out[6:12], []byte{0, 0, 0, 0, 0, 0}) // no answers so far, nothing more
	if a := answer(name); a != nil && binary.BigEndian.Uint16(question[end-4:]) == 1 {
		out[7] = 1
		out = append(out, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, byte(len(a)))
		out = append(out, a...)
	}
	return out
}
