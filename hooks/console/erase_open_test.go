package console_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

// Who is still spoken with can be erased in one step: the asker is told of the
// conversation beforehand, whoever serves it, and nothing of it is left. Who may not
// erase does not close it in this way either.
func TestWhoIsSpokenWithIsErasedInOneStep(t *testing.T) {
	t.Parallel()
	s := open(t)
	gone, other := s.ask("我想注销"), s.ask("我是别人")
	agent, owner := s.hire(access.Agent), s.hire(access.Owner)
	p, err := access.ByID(s.app, agent.id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = conversations.Take(s.app, p, "t1", gone.conversation); err != nil {
		t.Fatal(err)
	}
	status := func(of asking) (status string) {
		t.Helper()
		err = s.app.DB().Select("COALESCE(MAX(status), 'none')").From("conversations").Where(dbx.HashExp{"id": of.conversation}).Row(&status)
		if err != nil {
			t.Fatal(err)
		}
		return status
	}
	erase := "customers/" + gone.customer + "/erase"
	s.call(s.hire(access.Supervisor), "POST "+erase, object{"end": true}, http.StatusForbidden, nil)
	s.call(owner, "POST "+erase, object{}, http.StatusConflict, nil)
	var would, did struct {
		Open []string
		Rows map[string]int
	}
	s.call(owner, "GET "+erase, nil, http.StatusOK, &would)
	if before := status(gone); before != "open" || !slices.Equal(would.Open, []string{gone.conversation}) {
		t.Errorf("it is %s, and told as %v", before, would.Open)
	}
	s.call(owner, "POST "+erase, object{"end": true}, http.StatusOK, &did)
	if after := status(gone); after != "none" || did.Rows["conversations"] != 1 || len(did.Open) != 0 {
		t.Errorf("it is %s, erased is %+v", after, did)
	}
	var said int
	if err = s.app.DB().Select("COUNT(*)").From("messages").Where(dbx.HashExp{"conversation": gone.conversation}).Row(&said); err != nil || said != 0 {
		t.Errorf("%d entries are left of it, %v", said, err)
	}
	if other := status(other); other != "waiting" {
		t.Errorf("the other one is %s", other)
	}
}
