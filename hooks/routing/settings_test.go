package routing_test

import (
	"testing"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/routing"
)

func TestSettingsAreHeldWhoeverWritesThem(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	if err := routing.SaveSettings(app, routing.Standard()); err != nil {
		t.Fatalf("the standard is refused: %v", err)
	}
	for field, change := range map[string]func(*routing.Settings){
		"grace":          func(s *routing.Settings) { s.Grace = time.Second },
		"return_within":  func(s *routing.Settings) { s.ReturnWithin = -1 },
		"dedicated_wait": func(s *routing.Settings) { s.DedicatedWait = 2 * time.Hour },
		"starts.urgent":  func(s *routing.Settings) { s.Starts.Urgent = routing.MostHeadStart + 1 },
		"leaving.break":  func(s *routing.Settings) { s.Leaving.Break = "some" },
	} {
		s := routing.Standard()
		change(&s)
		if err := routing.SaveSettings(app, s); fail.Of(err).Kind != fail.Invalid || fail.Of(err).Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestAGroupOverridesWhatItSays(t *testing.T) {
	t.Parallel()
	app := desktest.New(t)
	g, err := access.AddGroup(app, nil, access.GroupDraft{Name: "投诉", Leaving: &access.Leaving{Break: access.HandAll}})
	if err != nil {
		t.Fatal(err)
	}
	if g, err = access.GroupByID(app, g.Id); err != nil {
		t.Fatal(err)
	}
	want := access.Leaving{Offline: access.HandAwaiting, OffDuty: access.HandAwaiting, Break: access.HandAll}
	if got := g.Leaving().Over(routing.Standard().Leaving); got != want {
		t.Errorf("in force: %+v", got)
	}
	if err := access.EditGroup(app, nil, g.Id, access.GroupDraft{Name: "投诉", Leaving: &access.Leaving{Break: "some"}}); fail.Of(err).Kind != fail.Invalid {
		t.Errorf("no handing at all: %v", err)
	}
}
