package keys

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/desktest/bare"
)

func TestKeyIsPrivateAndStays(t *testing.T) {
	t.Parallel()
	app := bare.New(t)
	key, err := Of(app, "a.key")
	if err != nil || len(key) != Size {
		t.Fatalf("%d bytes, %v", len(key), err)
	}
	info, err := os.Stat(filepath.Join(app.DataDir(), "a.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	app.Store().Remove("keys.a.key") // as after a restart
	if again, err := Of(app, "a.key"); err != nil || !bytes.Equal(again, key) {
		t.Errorf("after a restart it is another one: %v", err)
	}
	if other, _ := Of(app, "b.key"); bytes.Equal(other, key) {
		t.Error("two names share a key")
	}
	if other, _ := Of(bare.New(t), "a.key"); bytes.Equal(other, key) {
		t.Error("two desks share a key")
	}
}

func TestKeyOfAnotherLengthIsNone(t *testing.T) {
	t.Parallel()
	app := bare.New(t)
	if err := os.WriteFile(filepath.Join(app.DataDir(), "a.key"), []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if key, err := Of(app, "a.key"); err == nil {
		t.Errorf("%d bytes pass for a key", len(key))
	}
}

func TestMakingItTwiceLeavesOne(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.key")
	first, err := makeKey(path)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := makeKey(path); err != nil || !bytes.Equal(first, second) {
		t.Errorf("the second replaced the first: %v", err)
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) > 0 {
		t.Errorf("drafts are left: %v", left)
	}
}

func TestSecretsAreSealedForOneOwner(t *testing.T) {
	t.Parallel()
	key, other := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	secret := []byte("a secret of somebody")
	sealed, err := Seal(key, secret, "ann")
	if err != nil || bytes.Contains(sealed, secret) {
		t.Fatalf("%v", err)
	}
	if got, err := Open(key, sealed, "ann"); err != nil || !bytes.Equal(got, secret) {
		t.Errorf("it does not open: %v", err)
	}
	for name, open := range map[string]func() ([]byte, error){
		"another's":   func() ([]byte, error) { return Open(key, sealed, "bo") },
		"another key": func() ([]byte, error) { return Open(other, sealed, "ann") },
		"cut":         func() ([]byte, error) { return Open(key, sealed[:8], "ann") },
		"changed":     func() ([]byte, error) { c := bytes.Clone(sealed); c[20] ^= 1; return Open(key, c, "ann") },
	} {
		if got, err := open(); err == nil {
			t.Errorf("%s: opens as %x", name, got)
		}
	}
}
