package faults_test

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"text/tabwriter"
	"time"
)

var (
	whole   = flag.Bool("faults", false, "run the cases at their whole size")
	count   = flag.Int("faults.count", 0, "rounds of each case, in place of its own number")
	seed    = flag.Uint64("faults.seed", 0, "where the rounds begin; the time where it is 0")
	tallied = flag.String("faults.tally", "", "file that keeps what was run, so that counts add up over runs")
)

// tally is what happened to a case in one run, and a line of the file.
type tally struct {
	Case    string `json:"case"`
	Test    string `json:"test"`
	Seed    uint64 `json:"seed"`
	Runs    int    `json:"runs"`
	Acked   int    `json:"acked"`
	Lost    int    `json:"lost"`
	Doubled int    `json:"doubled"`
	Failed  int    `json:"failed,omitempty"` // runs that failed: their rounds do not count
	NotRun  string `json:"not_run,omitempty"`

	mu sync.Mutex
}

// limit is a promised time, where the cases are run at their whole size and nothing else
// runs; five times it elsewhere.
func limit(promised time.Duration) time.Duration {
	if *whole {
		return promised
	}
	return 5 * promised
}

// begin starts counting for a case: it returns how many rounds to run, few where
// nobody has asked for all, and what decides in them.
func begin(t *testing.T, name string, few, all int) (*tally, int, *rand.Rand) {
	t.Helper()
	rounds := few
	if *whole {
		rounds = all
	}
	if *count > 0 {
		rounds = *count
	}
	s := *seed
	if s == 0 {
		s = 1
		if *whole {
			s = uint64(time.Now().UnixNano())
		}
	}
	c := &tally{Case: name, Test: t.Name(), Seed: s}
	t.Cleanup(func() { c.keep(t) })
	return c, rounds, rand.New(rand.NewPCG(s, uint64(len(name))))
}

func (c *tally) ran()        { c.mu.Lock(); c.Runs++; c.mu.Unlock() }
func (c *tally) acked(n int) { c.mu.Lock(); c.Acked += n; c.mu.Unlock() }

// notRun ends a test that this machine cannot run.
func (c *tally) notRun(t *testing.T, why string) {
	t.Helper()
	c.NotRun = why
	t.Skip(c.Case + " was not run: " + why)
}

func (c *tally) keep(t *testing.T) {
	t.Logf("%s: %d rounds, %d acked, %d lost, %d doubled, seed %d", c.Case, c.Runs, c.Acked, c.Lost, c.Doubled, c.Seed)
	if *tallied == "" {
		return
	}
	if t.Failed() {
		c.Runs, c.Failed = 0, 1
	}
	line, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(*tallied, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write(append(line, '\n')); err != nil {
		t.Error(err)
	}
}

// show prints the sums of all runs that the file knows.
func show() {
	f, err := os.Open(*tallied)
	if err != nil {
		return
	}
	defer f.Close()
	sums := map[string]*tally{}
	seeds := map[string][]uint64{}
	for scan := bufio.NewScanner(f); scan.Scan(); {
		var one tally
		if json.Unmarshal(scan.Bytes(), &one) != nil {
			continue
		}
		key := one.Case + "\t" + one.Test
		sum := sums[key]
		if sum == nil {
			sum = &tally{}
			sums[key] = sum
		}
		sum.Runs += one.Runs
		sum.Acked += one.Acked
		sum.Lost += one.Lost
		sum.Doubled += one.Doubled
		sum.Failed += one.Failed
		sum.NotRun = one.NotRun
		seeds[key] = append(seeds[key], one.Seed)
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "case\ttest\trounds\tacked\tlost\tdoubled\tfailed\tseeds\tnot run")
	for _, key := range slices.Sorted(maps.Keys(sums)) {
		s := sums[key]
		_, _ = fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n", key, s.Runs, s.Acked, s.Lost, s.Doubled, s.Failed, seeds[key], s.NotRun)
	}
	_ = w.Flush()
}
