package access_test

import (
	"bytes"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// What the presets allow was decided by hand, role by role. A new permission is
// the owner's alone until this file says otherwise.
func TestPresetsAreAsTheyWereReviewed(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile("testdata/presets.txt")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, key := range []string{access.Owner, access.Supervisor, access.Agent, access.PreSale, access.AfterSale, access.Complaint, access.Expert, access.ReadOnly} {
		allowed, _ := access.Preset(key)
		got.WriteString(key + "\n")
		for _, p := range allowed {
			got.WriteString("\t" + string(p) + "\n")
		}
	}
	if got.String() != string(want) {
		t.Errorf("testdata/presets.txt is not what the presets allow; if that was meant, write it there:\n%s", got.String())
	}
}

func TestPhoneAloneIsEnough(t *testing.T) {
	t.Parallel()
	app := shop(t)
	server := desktest.Serve(t, app)
	s := add(t, app, access.Newcomer{Phone: "139 0000 0001", Nickname: "小雨", Role: access.Agent})
	if s.Email() != "" || s.Phone() != "13900000001" {
		t.Fatalf("kept as %q, %q", s.Email(), s.Phone())
	}
	add(t, app, access.Newcomer{Phone: "13900000002", Nickname: "小云", Role: access.Agent}) // two without an e-mail
	in := post(t, server, "/sign-in", "application/x-www-form-urlencoded", "identity=139-0000-0001&password="+password)
	if in.StatusCode != http.StatusSeeOther || len(in.Cookies) == 0 {
		t.Errorf("signed in: %d %s", in.StatusCode, in.Text)
	}
	for _, nothing := range []string{"-", "()", " . ", "@"} { // nobody's phone is nothing
		if _, err := access.StaffByIdentity(app, nothing); err == nil {
			t.Errorf("%q is somebody", nothing)
		}
	}
	if err := access.SetRole(app, nil, s.Id, access.Owner); key(err) != "access.owner_email" || fail.Of(err).Field != "email" {
		t.Errorf("an owner without e-mail: %v", err)
	}
	_, err := access.AddStaff(app, nil, access.Newcomer{Nickname: "无名", Role: access.Agent, Password: password})
	if key(err) != "access.reach_missing" {
		t.Errorf("nothing to sign in with: %v", err)
	}
}

// Whoever ends an account, by intention, record or PocketBase's API, leaves the
// same of it.
func TestADeletedAccountLeavesItsNickname(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(t *testing.T, app core.App, id string) error{
		"intention": func(_ *testing.T, app core.App, id string) error { return access.DeleteStaff(app, nil, id) },
		"record": func(t *testing.T, app core.App, id string) error {
			r, err := app.FindRecordById(access.Collection, id)
			if err != nil {
				t.Fatal(err)
			}
			r.Set("deleted", time.Now())
			return app.Save(r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := shop(t)
			server := desktest.Serve(t, app)
			id := staff(t, app, "ann@heye.cn").Id
			avatar, err := access.KeepAvatar(app, nil, "a.png", bytes.NewReader(onePixel))
			if err != nil {
				t.Fatal(err)
			}
			p := profile(person(t, app, "ann@heye.cn"))
			p.RealName, p.Phone, p.Avatar = "安安", "13900000009", avatar
			if err = access.EditStaff(app, nil, id, p); err != nil {
				t.Fatal(err)
			}
			in := post(t, server, "/sign-in", "application/x-www-form-urlencoded", "identity=ann@heye.cn&password="+password)
			if err = end(t, app, id); err != nil {
				t.Fatal(err)
			}
			gone, err := access.ByID(app, id)
			if err != nil || !gone.Deleted || !gone.Disabled || gone.Nickname != "阿安" {
				t.Fatalf("left: %+v, %v", gone, err)
			}
			if gone.Email+gone.Phone+gone.RealName+gone.Avatar+gone.RoleID != "" || len(gone.Groups) > 0 {
				t.Errorf("not scrubbed: %+v", gone)
			}
			if _, err := access.Present(app, id); err == nil {
				t.Error("still present")
			}
			if all, _ := access.Everybody(app); len(all) != 1 {
				t.Errorf("%d are offered", len(all))
			}
			if at := send(t, server, http.MethodGet, "/password", "", "Cookie", in.Cookies[0].String()); at.StatusCode != http.StatusSeeOther {
				t.Errorf("the browser is still signed in: %d", at.StatusCode)
			}
			var open int
			_ = app.DB().Select("COUNT(*)").From("sign_ins").Where(dbx.NewExp("ended = '' AND staff = {:id}", dbx.Params{"id": id})).Row(&open)
			if open != 0 {
				t.Errorf("%d sign-ins are open", open)
			}
			if err := access.Enable(app, nil, id); fail.Of(err).Kind != fail.NotFound {
				t.Errorf("enabled: %v", err)
			}
			r, _ := app.FindRecordById(access.Collection, id)
			r.Set("deleted", "")
			if err := app.Save(r); key(err) != "access.deleted_stays" {
				t.Errorf("brought back: %v", err)
			}
			// Its names are free for the next.
			add(t, app, access.Newcomer{Email: "ann@heye.cn", Phone: "13900000009", Nickname: "阿安", Role: access.Agent})
		})
	}
}

// PocketBase's own API, as its superuser, meets the same rules.
func TestTheDashboardKeepsTheRulesToo(t *testing.T) {
	t.Parallel()
	app := shop(t)
	server := desktest.Serve(t, app)
	super, err := app.FindAuthRecordByEmail(core.CollectionNameSuperusers, "owner@heye.cn")
	if err != nil {
		t.Fatal(err)
	}
	token, err := super.NewAuthToken()
	if err != nil {
		t.Fatal(err)
	}
	owner, ann := staff(t, app, "owner@heye.cn"), staff(t, app, "ann@heye.cn")
	agent, shopOwner := roleID(t, app, access.Agent), roleID(t, app, access.Owner)
	patch := func(collection, id, body string) int {
		return send(t, server, http.MethodPatch, "/api/collections/"+collection+"/records/"+id, body,
			"Authorization", token, "Content-Type", "application/json").StatusCode
	}
	for name, c := range map[string]struct{ collection, id, body string }{
		"the last owner demoted":  {"staff", owner.Id, `{"role":"` + agent + `"}`},
		"the last owner disabled": {"staff", owner.Id, `{"disabled":true}`},
		"the last owner deleted":  {"staff", owner.Id, `{"deleted":"2026-01-01 00:00:00.000Z"}`},
		"an owner without e-mail": {"staff", owner.Id, `{"email":""}`},
		"nothing to sign in with": {"staff", ann.Id, `{"email":""}`},
		"a made-up permission":    {"roles", agent, `{"permissions":["money.print"]}`},
		"the owner's role":        {"roles", shopOwner, `{"permissions":["conversations.reply"]}`},
		"a role's name twice":     {"roles", agent, `{"name":"店主"}`},
		"a preset's key":          {"roles", agent, `{"key":"owner"}`},
		"hours that cannot be":    {"groups", groupID(t, app, access.PreSale), `{"hours":{"week":[{"day":9,"from":"09:00","to":"10:00"}]}}`},
	} {
		if status := patch(c.collection, c.id, c.body); status < 400 || status >= 500 {
			t.Errorf("%s: %d", name, status)
		}
	}
	if n, _ := access.Owners(app); n != 1 {
		t.Fatalf("%d owners", n)
	}
	if status := patch("staff", ann.Id, `{"deleted":"2026-01-01 00:00:00.000Z"}`); status != http.StatusOK {
		t.Fatalf("an agent deleted: %d", status)
	}
	if p, err := access.ByID(app, ann.Id); err != nil || !p.Deleted || p.Email != "" {
		t.Errorf("not scrubbed: %+v, %v", p, err)
	}
}

// onePixel is a PNG.
var onePixel = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89" +
	"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa7\x9a\xa0\xa0\x00\x00\x00\x00IEND\xaeB`\x82")
