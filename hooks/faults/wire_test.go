package faults_test

import (
	"bytes"
	"io"
	"net"
	"sync"
	"syscall"
	"testing"
)

// relay lets connections through to address, as far as pass lets it: each
// piece of what the server says goes through it. It takes no more of them after end.
func relay(t testing.TB, address string, pass func(to io.Writer, piece []byte) error) (at string, end func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	end = sync.OnceFunc(func() { _ = l.Close() })
	t.Cleanup(end)
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", address)
			if err != nil {
				_ = client.Close()
				continue
			}
			go func() { _, _ = io.Copy(server, client); _ = server.Close() }()
			go func() {
				defer client.Close()
				piece := make([]byte, 4096)
				for {
					n, err := server.Read(piece)
					if n > 0 && pass(client, piece[:n]) != nil || err != nil {
						_ = server.Close()
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String(), end
}

// deaf kills the program when it says what is listened for, and lets nobody
// hear it.
func deaf(t testing.TB, address, listened string, signal func(syscall.Signal)) string {
	t.Helper()
	at, _ := relay(t, address, func(to io.Writer, piece []byte) error {
		if bytes.Contains(piece, []byte(listened)) {
			signal(syscall.SIGKILL)
			return io.EOF
		}
		_, err := to.Write(piece)
		return err
	})
	return at
}

// connect opens a connection that says nothing.
func connect(address string) (net.Conn, error) { return net.DialTimeout("tcp", address, patience) }
