package ops

import (
	"fmt"
	"net"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/views/locale"
)

// greet prints where the desk is. With no owner yet it prints the set-up link:
// here and nowhere else, since whoever has it becomes the owner.
func greet(e *core.ServeEvent, c *Config, invitation string) {
	if c.Out == nil || e.Listener == nil {
		return
	}
	bases := c.bases(e.Listener.Addr())
	var b strings.Builder
	say := func(key, address string) {
		for _, lang := range locale.Languages {
			_, _ = fmt.Fprintf(&b, "  %s\n", locale.In(lang).T("ops."+key))
		}
		_, _ = fmt.Fprintf(&b, "\n      %s\n\n", address)
	}
	_, _ = fmt.Fprintf(&b, "\n  %s\n\n", strings.TrimSpace("小二 Xiaoer "+strings.TrimPrefix(Version(), unreleased)))
	if invitation != "" {
		for _, base := range bases {
			say("set_up", base+invitation)
		}
	} else {
		for _, base := range bases {
			say("running", base+"/")
		}
	}
	_, _ = fmt.Fprint(c.Out, b.String())
}

// bases are the addresses to open in a browser: the public one where it is
// known, else that of the port that is listened on.
func (c *Config) bases(addr net.Addr) []string {
	scheme := "http://"
	if c.tls {
		scheme = "https://"
	}
	if c.BaseURL != "" {
		return []string{c.BaseURL}
	}
	if len(c.domains) > 0 {
		return []string{scheme + c.domains[0]}
	}
	return []string{scheme + Reachable(addr.String())}
}

// Reachable is where a client on this computer finds what listens on address, a
// host and a port: all of its addresses are too many to say.
func Reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err == nil && (host == "" || net.ParseIP(host).IsUnspecified()) {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return address
}
