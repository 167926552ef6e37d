package chatcore

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Proxy stands between a client and a server and cuts their connections until it
// is calm. What was in flight is lost.
type Proxy struct {
	target string
	listen net.Listener
	cuts   atomic.Int64
	most   atomic.Int64 // of them

	mu     sync.Mutex // guards chance and open
	chance *rand.Rand
	open   map[net.Conn]struct{}
}

// NewProxy starts a proxy to target, a host and port. Its misfortunes are drawn
// from seed.
func NewProxy(target string, seed uint64) (*Proxy, error) {
	listen, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	p := &Proxy{target: target, listen: listen, chance: rand.New(rand.NewPCG(seed, 1)), open: map[net.Conn]struct{}{}} //nolint:gosec // misfortune need not be secret
	p.most.Store(math.MaxInt64)
	go p.accept()
	return p, nil
}

// Addr is the host and port to connect to.
func (p *Proxy) Addr() string { return p.listen.Addr().String() }

// Calm ends the cutting, on a slow machine once there were so many cuts; connections
// live on from there.
func (p *Proxy) Calm(cuts int64) { p.most.Store(cuts) }

// Cuts is how many connections were cut.
func (p *Proxy) Cuts() int64 { return p.cuts.Load() }

// Close ends everything.
func (p *Proxy) Close() {
	_ = p.listen.Close() // nothing can be done about it
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		_ = c.Close()
	}
}

func (p *Proxy) accept() {
	for {
		client, err := p.listen.Accept()
		if err != nil {
			return // closed
		}
		go p.carry(client)
	}
}

// carry passes bytes both ways until either side ends or the connection is cut.
func (p *Proxy) carry(client net.Conn) {
	server, err := (&net.Dialer{Timeout: time.Second}).DialContext(context.Background(), "tcp", p.target)
	if err != nil {
		_ = client.Close()
		return
	}
	p.keep(client, server)
	end := sync.OnceFunc(func() { p.drop(client, server) })
	time.AfterFunc(p.life(), func() {
		if p.cuts.Load() < p.most.Load() {
			p.cuts.Add(1)
			end()
		}
	})
	go func() {
		defer end()
		_, _ = io.Copy(server, client) // ended by either side
	}()
	_, _ = io.Copy(client, server)
	end()
}

// life is how long a connection lives: often just long enough to begin.
func (p *Proxy) life() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Duration(20+p.chance.IntN(900)) * time.Millisecond
}

func (p *Proxy) keep(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		p.open[c] = struct{}{}
	}
}

func (p *Proxy) drop(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // a reset, not a farewell: what is in flight is lost
		}
		_ = c.Close()
		delete(p.open, c)
	}
}
