package conversations

import (
	"testing"
	"time"
)

// A full disk must not be filled with lines that say so.
func TestFailingCommitsAreSaidOnceAMinute(t *testing.T) {
	t.Parallel()
	var q quiet
	start := time.Now()
	var lines, lost int
	for second := range 600 {
		if n, tell := q.fault(start.Add(time.Duration(second)*time.Second), 3); tell {
			lines++
			lost += n
		}
	}
	if lines != 10 || lost != 3*541 {
		t.Fatalf("%d lines about %d messages", lines, lost)
	}
}
