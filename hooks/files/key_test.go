package files

import (
	"strings"
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/desktest/bare"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

func TestKeyIsForOneFileAndOneSession(t *testing.T) {
	app := bare.New(t)
	now := time.Date(2026, 5, 1, 10, 59, 0, 0, time.UTC)
	key := Key(app, "f1", "visitor.s1", now)
	if session, err := CheckKey(app, "f1", key, now); err != nil || session != "visitor.s1" {
		t.Fatalf("session %q, %v", session, err)
	}
	if Key(app, "f1", "visitor.s1", now.Add(-59*time.Minute)) != key {
		t.Error("the address changes within the hour")
	}
	for name, c := range map[string]struct {
		file, key string
		at        time.Time
	}{
		"another file":    {"f2", key, now},
		"another session": {"f1", strings.Replace(key, "s1", "s2", 1), now},
		"later end":       {"f1", "z" + key, now},
		"over":            {"f1", key, now.Add(2 * time.Hour)},
		"from the future": {"f1", key, now.Add(-2 * time.Hour)},
		"nothing":         {"f1", "", now},
		"dots":            {"f1", "..", now},
	} {
		if _, err := CheckKey(app, c.file, c.key, c.at); fail.Of(err).Kind != fail.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := CheckKey(app, "f1", key, now.Add(time.Hour)); err != nil {
		t.Errorf("an hour later: %v", err)
	}
	for i := range len(key) { // one character changed
		c := byte('A')
		if key[i] == c {
			c = 'B'
		}
		if _, err := CheckKey(app, "f1", key[:i]+string(c)+key[i+1:], now); err == nil && i < len(key)-1 { // the last carries spare bits
			t.Errorf("changed at %d, still good", i)
		}
	}
}
