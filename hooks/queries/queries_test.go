package queries

import (
	"strings"
	"testing"
	"time"
)

func TestNothingOfWhatWasPutInIsNoted(t *testing.T) {
	t.Parallel()
	var b book
	for _, phone := range []string{"13800138000", "13900139000"} {
		b.note("SELECT *\n\tFROM customers WHERE phone = '"+phone+"' AND name = 'O''Brien' LIMIT 20", 2*Slow, time.Now())
	}
	list, total := b.read()
	if len(list) != 1 || total != 2 || list[0].Times != 2 || list[0].Query != "SELECT * FROM customers WHERE phone = '…' AND name = '…' LIMIT 0" {
		t.Errorf("noted %+v, %d in all", list, total)
	}
}

func TestTheWorstAreRemembered(t *testing.T) {
	t.Parallel()
	var b book
	for i := range 3 * most {
		b.note("SELECT "+strings.Repeat("x", i+1), Slow+time.Duration(i), time.Now())
	}
	list, total := b.read()
	if len(list) != most || total != 3*most || list[0].Worst != Slow+3*most-1 || list[most-1].Worst != Slow+2*most {
		t.Errorf("%d remembered of %d, %v to %v", len(list), total, list[0].Worst, list[len(list)-1].Worst)
	}
}

func TestSlowQuestionsAreNoticed(t *testing.T) {
	t.Parallel()
	noticed := func(query string) (one Noted) { // the notes are the whole program's
		list, _ := Noticed()
		for _, n := range list {
			if n.Query == query {
				one = n
			}
		}
		return one
	}
	before := noticed("SELECT slow")
	Took("SELECT quick", time.Now().Add(time.Minute)) // it ends before that, however busy the machine is
	Took("SELECT slow", time.Now().Add(-2*Slow))
	if n := noticed("SELECT slow"); n.Times != before.Times+1 || n.Worst < 2*Slow {
		t.Errorf("noticed %+v", n)
	}
	if n := noticed("SELECT quick"); n.Times > 0 {
		t.Errorf("noticed %+v", n)
	}
}
