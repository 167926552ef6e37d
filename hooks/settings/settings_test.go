package settings_test

import (
	"errors"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/desktest/bare"
	"github.com/dianxiaoer/xiaoer/hooks/settings"
)

type taste struct {
	Colour string `json:"colour"`
	Size   int    `json:"size"`
}

var plain = taste{Colour: "blue", Size: 3}

func of(app core.App) taste { return settings.Load(app, "taste", plain) }

func TestMissingRowsAndFieldsMeanTheFallback(t *testing.T) {
	t.Parallel()
	app := bare.New(t)
	if got := of(app); got != plain {
		t.Errorf("without a row: %+v", got)
	}
	if err := settings.Save(app, "taste", map[string]any{"colour": "green"}); err != nil {
		t.Fatal(err)
	}
	if got := of(app); got != (taste{"green", 3}) {
		t.Errorf("a row without a field: %+v", got)
	}
	if err := settings.Save(app, "taste", taste{"", 9}); err != nil {
		t.Fatal(err)
	}
	if got := of(app); got != (taste{"", 9}) {
		t.Errorf("a saved row: %+v", got)
	}
	if err := settings.Save(app, "taste", "nonsense"); err != nil {
		t.Fatal(err)
	}
	if got := of(app); got != plain {
		t.Errorf("a row of another kind: %+v", got)
	}
	if l := settings.LimitsOf(app); l.VisitorSends != 20 || l.VisitorSendWindow != 10*time.Second {
		t.Errorf("limits: %+v", l)
	}
}

func TestTransactionKeepsItsValueToItself(t *testing.T) {
	t.Parallel()
	app := bare.New(t)
	boom := errors.New("boom")
	err := app.RunInTransaction(func(tx core.App) error {
		if err := settings.Save(tx, "taste", taste{"green", 1}); err != nil {
			return err
		}
		if of(tx).Colour != "green" {
			t.Error("the transaction does not see its own value")
		}
		return boom
	})
	if !errors.Is(err, boom) || of(app) != plain {
		t.Fatalf("a value that was rolled back is in force: %v", err)
	}
	err = app.RunInTransaction(func(tx core.App) error { return settings.Save(tx, "taste", taste{"green", 1}) })
	if err != nil || of(app).Colour != "green" {
		t.Fatalf("after the commit: %+v, %v", of(app), err)
	}
}

// What another process saves is in force within two seconds.
func TestChangeInAnotherProcessIsSeen(t *testing.T) {
	t.Parallel()
	app := bare.New(t)
	_ = of(app) // cached
	other := core.NewBaseApp(core.BaseAppConfig{DataDir: app.DataDir()})
	if err := other.Bootstrap(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.ResetBootstrapState() })
	if err := settings.Save(other, "taste", taste{"green", 1}); err != nil {
		t.Fatal(err)
	}
	deadline := time.After(2 * time.Second)
	for of(app).Colour != "green" {
		select {
		case <-deadline:
			t.Fatal("not seen within two seconds")
		case <-time.After(50 * time.Millisecond):
		}
	}
}
