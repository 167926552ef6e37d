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
//	TIMING=1 go test ./hooks/access -run TestTimesDoNotTell -v
//
// [TestOneComparisonEach] says the same without a clock.
func TestTimesDoNotTell(t *testing.T) {
	if os.Getenv("TIMING") == "" {
		t.Skip("TIMING=1 measures it")
	}
	const samples = 500
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
		took := map[string][]time.Duration{}
		for range samples {
			for name, identity := range whose { // one after the other, so that a busy moment meets all
				start := time.Now()
				try(identity)
				took[name] = append(took[name], time.Since(start))
			}
		}
		median := func(name string) time.Duration {
			slices.Sort(took[name])
			return took[name][samples/2]
		}
		base := median("known")
		for name := range whose {
			off := float64(median(name)-base) / float64(base) * 100
			t.Logf("%s, %s: median %s, %+.1f %%, from %s to %s", road, name, median(name), off, took[name][samples/20], took[name][samples*19/20])
			if off > 5 || off < -5 {
				t.Errorf("%s: %s takes %.1f %% longer than a wrong password", road, name, off)
			}
		}
	}
}
