package access_test

import (
	"net/url"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"golang.org/x/crypto/bcrypt"

	"github.com/dianxiaoer/xiaoer/hooks"
	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/limits"
)

// How long an answer takes does not tell which accounts there are, at the real
// cost of a hash. It takes minutes and a machine with nothing else to do:
//
//	TIMING=1 go test ./hooks/access -run TestTimesDoNotTell -v -timeout 1h
//
// [TestOneComparisonEach] says the same without a clock.
func TestTimesDoNotTell(t *testing.T) {
	if os.Getenv("TIMING") == "" {
		t.Skip("TIMING=1 measures it")
	}
	app := desktest.Bare(t)
	unlimited, err := limits.ParseExempt([]string{"127.0.0.0/8"})
	if err != nil {
		t.Fatal(err)
	}
	hooks.Register(app, &hooks.Config{Unlimited: unlimited})
	app.Settings().RateLimits.Enabled = false
	collection, err := app.FindCollectionByNameOrId(access.Collection)
	if err != nil {
		t.Fatal(err)
	}
	field, _ := collection.Fields.GetByName(core.FieldNamePassword).(*core.PasswordField)
	field.Cost = bcrypt.DefaultCost
	if err := app.Save(collection); err != nil {
		t.Fatal(err)
	}
	add(t, app, access.Newcomer{Email: "owner@heye.cn", Phone: "13800138000", Nickname: "小满", Role: access.Owner})
	add(t, app, access.Newcomer{Email: "gone@heye.cn", Nickname: "离职", Role: access.Agent})
	if err := access.Disable(app, nil, staff(t, app, "gone@heye.cn").Id); err != nil {
		t.Fatal(err)
	}
	s := desktest.Serve(t, app)
	whose := map[string]string{"known": "owner@heye.cn", "unknown": "nobody@heye.cn", "disabled": "gone@heye.cn", "no such phone": "13900000000"}
	for road, try := range map[string]func(identity string){
		"page": func(identity string) {
			post(t, s, "/sign-in", formType, url.Values{"identity": {identity}, "password": {"wrong-password"}}.Encode())
		},
		"endpoint": func(identity string) {
			post(t, s, "/api/collections/staff/auth-with-password", jsonType, `{"identity":"`+identity+`","password":"wrong-password"}`)
		},
	} {
		t.Run(road, func(t *testing.T) { compareTimes(t, whose, try) })
	}
}

// compareTimes tries each identity in turn, so that a busy moment meets all.
func compareTimes(t *testing.T, whose map[string]string, try func(identity string)) {
	const samples = 500
	took := map[string][]time.Duration{}
	for range samples {
		for name, identity := range whose {
			start := time.Now()
			try(identity)
			took[name] = append(took[name], time.Since(start))
		}
	}
	for _, list := range took {
		slices.Sort(list)
	}
	base := took["known"][samples/2]
	for name, list := range took {
		median := list[samples/2]
		off := float64(median-base) / float64(base) * 100
		t.Logf("%s: median %s, %+.1f %%, from %s to %s", name, median, off, list[samples/20], list[samples*19/20])
		if off > 5 || off < -5 {
			t.Errorf("%s takes %.1f %% longer than a wrong password", name, off)
		}
	}
}
