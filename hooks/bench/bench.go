// Package bench measures a desk from outside: visitors and agents in a process
// of their own, who speak the public protocol over real sockets and know no
// package of the server, only its client.
//
// What a machine does is judged against a bare server on the same machine in the
// same minutes, see reference.go: both are driven in turns, round by round, and
// the medians are compared. Absolute figures of a machine that others use as
// well say little.
//
// A message counts once its sender has the ack, which means that it is on the
// disk, and its reader has the message. Every second word is the agent's.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// options is what a run measures.
type options struct {
	reference     bool
	asJSON        bool
	rounds        int
	seconds       int
	conversations int
	idle, resume  int
	most          int
	history       int
	warm          bool
	settle        time.Duration

	address string // of a running desk; "" for a throw-away one
	staff   []string
	pid     int
	stdin   bool
}

const usage = `Drives a desk like real visitors and agents and says how fast it is: in a
throw-away folder of its own, or a running one at ADDRESS. That one has to run
with --unlimited for this address, and agents who are not at work otherwise are
named with --staff; their password is read from standard input. It gets real
conversations: it had better be a shop that nobody uses.`

// Command is `xiaoer bench`.
func Command() *cobra.Command {
	var o options
	c := &cobra.Command{Use: "bench [ADDRESS]", Short: "Measure how fast the desk is on this machine", Long: usage, Args: cobra.MaximumNArgs(1)}
	f := c.Flags()
	f.BoolVar(&o.reference, "reference", false, "measure a bare server beside it, in turns")
	f.BoolVar(&o.asJSON, "json", false, "as JSON")
	f.IntVar(&o.rounds, "rounds", 5, "how often everything is measured; the median counts")
	f.IntVar(&o.seconds, "seconds", 6, "of each measurement")
	f.IntVar(&o.conversations, "conversations", 100, "at a time; so many messages are in flight")
	f.IntVar(&o.idle, "idle", 10_000, "visitors who only have the chat open; 0 leaves it out")
	f.IntVar(&o.resume, "resume", 5_000, "of them, who come back after a restart; 0 leaves it out")
	f.IntVar(&o.most, "most", 6_400, "conversations that it looks for at the most; 0 leaves it out")
	f.IntVar(&o.history, "history", 0, "measure one with so many messages of the past beside it, in turns")
	f.BoolVar(&o.warm, "warm", false, "measure one that keeps a warm copy beside it, in turns")
	f.DurationVar(&o.settle, "settle", 5*time.Second, "until memory is read: the work of coming in is over by then")
	f.StringSliceVar(&o.staff, "staff", nil, "e-mails of agents of the desk at ADDRESS")
	f.BoolVar(&o.stdin, "password-stdin", false, "read their password from standard input")
	f.IntVar(&o.pid, "pid", 0, "process of the desk at ADDRESS, for its memory and CPU")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			o.address = strings.TrimSuffix(args[0], "/")
		}
		return o.run(c)
	}
	c.AddCommand(referenceCommand())
	return c
}

func (o *options) run(c *cobra.Command) (err error) {
	ctx, end := context.WithCancel(c.Context())
	defer end()
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(c.ErrOrStderr(), format+"\n", args...) }
	servers, err := o.servers(ctx, c.InOrStdin(), say)
	defer func() {
		for _, s := range servers {
			err = errors.Join(err, s.end())
		}
	}()
	if err != nil {
		return err
	}
	r := &report{Rounds: o.rounds, Conversations: o.conversations}
	for _, s := range servers {
		r.Servers = append(r.Servers, &s.result)
	}
	for _, measure := range []func(context.Context, []*server, func(string, ...any)) error{o.measureIdle, o.measureRounds, o.measureMost} {
		if err = measure(ctx, servers, say); err != nil {
			return err
		}
	}
	if o.asJSON {
		return r.json(c.OutOrStdout())
	}
	return r.table(c.OutOrStdout())
}

// servers starts what is measured.
func (o *options) servers(ctx context.Context, in io.Reader, say func(string, ...any)) ([]*server, error) {
	if o.address != "" {
		s, err := o.running(in)
		if err != nil || !o.reference {
			return []*server{s}, err
		}
		bare, err := throwAway(ctx, bareName, 0)
		if err == nil {
			err = bare.start(ctx)
		}
		return []*server{s, bare}, err
	}
	var list []*server
	for _, kind := range o.kinds() {
		history := 0
		if strings.HasSuffix(kind, "history") {
			history = o.history
			say("making a history of %d messages …", history)
		}
		s, err := throwAway(ctx, kind, history)
		list = append(list, s)
		if err == nil {
			err = s.setUp(ctx)
		}
		if err == nil {
			err = s.start(ctx)
		}
		if err != nil {
			return list, fmt.Errorf("%s: %w", kind, err)
		}
	}
	return list, nil
}

// kinds are the throw-away servers that are measured.
func (o *options) kinds() []string {
	kinds := []string{"xiaoer"}
	if o.history > 0 {
		kinds = append(kinds, "xiaoer with history")
	}
	if o.warm {
		kinds = append(kinds, warmName)
	}
	if o.reference {
		kinds = append(kinds, bareName)
	}
	return kinds
}

// running is the desk at the address.
func (o *options) running(in io.Reader) (*server, error) {
	s := &server{base: o.address, pid: o.pid, staff: o.staff}
	s.result.Name = o.address
	if len(o.staff) == 0 || !o.stdin {
		return s, errors.New("the desk at ADDRESS needs agents: --staff, and --password-stdin")
	}
	raw, err := io.ReadAll(io.LimitReader(in, 1<<10))
	s.password = strings.TrimRight(string(raw), "\r\n")
	return s, err
}

// measureRounds drives all servers in turns.
func (o *options) measureRounds(ctx context.Context, servers []*server, say func(string, ...any)) error {
	span := time.Duration(o.seconds) * time.Second
	for _, s := range servers {
		crowd, err := s.gather(ctx, o.conversations)
		if err != nil {
			return fmt.Errorf("%s: %w", s.result.Name, err)
		}
		if _, err = crowd.paced(ctx, o.conversations, time.Second); err != nil { // everything has been used once
			return fmt.Errorf("%s: %w", s.result.Name, err)
		}
	}
	for n := range o.rounds {
		for _, s := range servers {
			one, err := s.round(ctx, o.conversations, span)
			if err != nil {
				return fmt.Errorf("%s: %w", s.result.Name, err)
			}
			s.result.rounds = append(s.result.rounds, one)
			say("round %d, %s: p50 %.1f ms, p99 %.1f ms; %.0f/s at the most", n+1, s.result.Name, one.paced.Delivered.P50, one.paced.Delivered.P99, one.flood.Rate)
		}
	}
	for _, s := range servers {
		s.result.summarize()
	}
	return nil
}

// round measures one server once.
func (s *server) round(ctx context.Context, conversations int, span time.Duration) (r round, err error) {
	if r.paced, err = s.crowd.paced(ctx, conversations, span); err != nil {
		return r, err
	}
	if r.flood, err = s.crowd.flood(ctx, span); err != nil {
		return r, err
	}
	r.reads, err = s.crowd.reads(ctx)
	return r, err
}
