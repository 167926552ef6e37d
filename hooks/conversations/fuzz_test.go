package conversations

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func FuzzCursor(f *testing.F) {
	keys, err := newCursors("0123456789abcdef", strings.Repeat("ab", 16))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(keys.encode(0))
	f.Add(keys.encode(1 << 40))
	f.Add("")
	f.Add("AAAAAAAAAAAAAAAAAAAAAA")
	f.Add(strings.Repeat("=", 22))
	f.Fuzz(func(t *testing.T, cursor string) {
		seq, err := keys.decode(cursor)
		if err != nil {
			if !errors.Is(err, ErrOtherEpoch) {
				t.Fatalf("%q: %v", cursor, err)
			}
			return
		}
		if again := keys.encode(seq); again != cursor {
			t.Fatalf("%q and %q are one place", cursor, again)
		}
	})
}

func TestCursorsTellNothing(t *testing.T) {
	t.Parallel()
	ours, err := newCursors("0123456789abcdef", strings.Repeat("ab", 16))
	if err != nil {
		t.Fatal(err)
	}
	restored, err := newCursors("0123456789abcdee", strings.Repeat("ab", 16))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for seq := range int64(1000) {
		c := ours.encode(seq)
		if got, err := ours.decode(c); err != nil || got != seq {
			t.Fatalf("%d came back as %d, %v", seq, got, err)
		}
		if _, err := restored.decode(c); !errors.Is(err, ErrOtherEpoch) {
			t.Fatalf("a cursor outlived its epoch: %v", err)
		}
		if seen[c[:8]] {
			t.Fatalf("cursors of neighbours look alike: %s", c)
		}
		seen[c[:8]] = true
	}
}

func FuzzDraft(f *testing.F) {
	f.Add("text", "你好", []byte(`{"entry":"ship"}`), "")
	f.Add("product", "", []byte(`{"id":"p-1","name":"蜂蜜"}`), "")
	f.Add("image", "", []byte(`null`), strings.Repeat("a", 32))
	f.Add("text", "x", []byte(strings.Repeat(`{"a":`, 30)+"1"+strings.Repeat("}", 30)), "")
	f.Add("text", "x", []byte(`{"a":"\"}{"}`), "")
	f.Add("text", "x", []byte(`{"a":1e308,"b":1}`), "")
	f.Fuzz(func(t *testing.T, kind, text string, data []byte, file string) {
		if !json.Valid(data) { // a frame whose JSON is broken never gets here
			return
		}
		d := Draft{ID: "x", Kind: Kind(kind), Text: text, Data: data, File: file}
		if d.check(FromVisitor) != nil {
			return
		}
		if len(d.Data) > 0 && d.Data[0] != '{' || depth(d.Data) > depthMost {
			t.Fatalf("let through: %s", d.Data)
		}
		again, err := canonical(d.Data)
		if err != nil || !bytes.Equal(again, d.Data) {
			t.Fatalf("%s is not canonical: %s, %v", d.Data, again, err)
		}
	})
}
