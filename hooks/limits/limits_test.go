package limits

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// after lets virtual time pass.
func after(d time.Duration) { time.Sleep(d) } //nolint:forbidigo // virtual time inside synctest

func TestExactlySoManyPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := NewWindow(20, 10*time.Second)
		for i := range 20 {
			if ok, _ := w.Allow("a"); !ok {
				t.Fatalf("step %d refused", i)
			}
			after(100 * time.Millisecond)
		}
		ok, wait := w.Allow("a")
		if ok || wait != 8*time.Second {
			t.Fatalf("step 21: %v, wait %s, want 8s", ok, wait)
		}
		if ok, _ = w.Allow("b"); !ok {
			t.Fatal("another key is refused")
		}
		after(wait - 1)
		if ok, _ = w.Allow("a"); ok {
			t.Fatal("allowed a moment too early")
		}
		after(1)
		if ok, _ = w.Allow("a"); !ok {
			t.Fatal("refused after the wait that was asked for")
		}
	})
}

// At random times, no stretch of the window's length holds more than is
// allowed, and nothing is refused that would have fitted.
func TestNoStretchHoldsMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const most, per = 7, time.Second
		random := rand.New(rand.NewPCG(1, 2))
		w := NewWindow(most, per)
		var passed []time.Time
		for range 3000 {
			after(time.Duration(random.IntN(200)) * time.Millisecond)
			within := 0
			for _, at := range passed {
				if time.Since(at) < per {
					within++
				}
			}
			ok, _ := w.Allow("a")
			if ok != (within < most) {
				t.Fatalf("allowed = %v with %d within the window", ok, within)
			}
			if ok {
				passed = append(passed, time.Now())
			}
		}
	})
}

func TestBytesAreCountedInBoundedMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const most, day = 200 << 20, 24 * time.Hour
		w := NewWindow(most, day)
		var sent int64
		for range 50_000 {
			if ok, _ := w.AllowN("a", 4096); ok {
				sent += 4096
			}
			after(time.Second)
		}
		if sent != 50_000*4096 {
			t.Fatalf("sent %d", sent)
		}
		if n := len(w.keys["a"].steps); n > 2*grains+2 {
			t.Fatalf("%d steps remembered", n)
		}
		if ok, wait := w.AllowN("a", most-sent+1); ok || wait <= 0 || wait > day {
			t.Fatalf("over the limit: %v, wait %s", ok, wait)
		}
		if ok, _ := w.AllowN("a", most-sent); !ok {
			t.Fatal("what fits exactly is refused")
		}
		if ok, wait := w.AllowN("b", most+1); ok || wait != day {
			t.Fatalf("more than ever fits: %v, wait %s", ok, wait)
		}
		after(day)
		if ok, _ := w.AllowN("a", most); !ok {
			t.Fatal("refused a day later")
		}
	})
}

func TestIdleKeysAreSweptAndFloodsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := NewWindow(1, time.Minute)
		for i := range maxKeys + 100 {
			w.Allow(strconv.Itoa(i))
		}
		if len(w.keys) > maxKeys {
			t.Fatalf("%d keys", len(w.keys))
		}
		after(time.Minute)
		w.Allow("z")
		if len(w.keys) != 1 {
			t.Fatalf("%d keys after the sweep", len(w.keys))
		}
	})
}

func TestResizeHoldsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := NewWindow(1, time.Minute)
		w.Allow("a")
		w.Resize(2, time.Minute)
		if ok, _ := w.Allow("a"); !ok {
			t.Fatal("the wider limit does not hold")
		}
		w.Resize(1, time.Minute)
		if ok, _ := w.Allow("a"); ok {
			t.Fatal("the narrower limit does not hold")
		}
		if ok, _ := NewWindow(0, time.Minute).Allow("a"); ok {
			t.Fatal("a limit of nothing let something through")
		}
	})
}

func TestSlots(t *testing.T) {
	s := NewSlots(100)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var frees []func()
	for range 300 {
		wg.Go(func() {
			if free, ok := s.Take("a"); ok {
				mu.Lock()
				defer mu.Unlock()
				frees = append(frees, free)
			}
		})
	}
	wg.Wait()
	if len(frees) != 100 {
		t.Fatalf("%d taken", len(frees))
	}
	frees[0]()
	frees[0]()
	if _, ok := s.Take("a"); !ok {
		t.Fatal("a slot given back cannot be taken")
	}
	if _, ok := s.Take("a"); ok {
		t.Fatal("giving back twice made two slots")
	}
	for _, free := range frees[1:] {
		free()
	}
	if s.used["a"] != 1 {
		t.Fatalf("used = %v", s.used)
	}
}

func TestExempt(t *testing.T) {
	e, err := ParseExempt([]string{"10.1.2.3/8", "::1", "192.0.2.7", "2001:db8::/32"})
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]bool{
		"10.255.0.1": true, "::ffff:10.0.0.1": true, "11.0.0.1": false, "::1": true, "::2": false,
		"192.0.2.7": true, "192.0.2.8": false, "2001:db8:1::5": true, "": false, "unix": false, "10.0.0.1:80": false,
	} {
		if e.Has(address) != want {
			t.Errorf("Has(%q) = %v", address, !want)
		}
	}
	if Exempt(nil).Has("127.0.0.1") {
		t.Error("nobody is exempt by default")
	}
	if _, err := ParseExempt([]string{"10.0.0.0/40"}); err == nil {
		t.Error("a network that is none was taken")
	}
}

func TestAddressKey(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64", "x": "x",
	} {
		if got := AddressKey(address); got != want {
			t.Errorf("AddressKey(%q) = %q, want %q", address, got, want)
		}
	}
}
