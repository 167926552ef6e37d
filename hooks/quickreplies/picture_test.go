package quickreplies_test

import (
	"bytes"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/channels"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/files"
	"github.com/dianxiaoer/xiaoer/hooks/quickreplies"
)

// A picture that a customer was sent is kept by whoever sees it, and outlives its
// message; what customers send is nobody's to keep.
func TestOnlyAPictureThatStaffSentIsKept(t *testing.T) {
	t.Parallel()
	app, who := open(t)
	group, err := access.GroupBy(app, access.PreSale)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = channels.Add(app, channels.New{Name: "禾野优选", Group: group.Id}); err != nil {
		t.Fatal(err)
	}
	customer, _, _, err := customers.Arrive(app, customers.Arrival{})
	if err != nil {
		t.Fatal(err)
	}
	upload := func(owner string) string {
		t.Helper()
		f, failed := files.Store(app, files.Upload{Owner: owner, ClientID: "f1", Contact: customer.Id, Purpose: files.ForMessage, Name: "a.png", Body: bytes.NewReader(dot(t))})
		if failed != nil {
			t.Fatal(failed)
		}
		return f.ID()
	}
	theirs, err := conversations.PostAsVisitor(app, customer, conversations.Draft{ID: "v1", Kind: conversations.Image, File: upload("visitor:" + customer.Id)})
	if err != nil {
		t.Fatal(err)
	}
	ours, err := conversations.PostAsStaff(app, who.pre, conversations.Draft{
		ID: "s1", Conversation: theirs.Conversation, Kind: conversations.Image, File: upload("staff:" + who.pre.ID),
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		p       *access.Person
		message string
		want    fail.Kind
	}{
		"a customer's":              {who.pre, theirs.ID, fail.Invalid},
		"one that they may not see": {who.after, ours.ID, fail.NotFound},
		"none":                      {who.pre, "nonenonenonenon", fail.NotFound},
	} {
		if _, err = quickreplies.Picture(app, c.p, c.message); fail.Of(err).Kind != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	kept, err := quickreplies.Picture(app, who.pre, ours.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = quickreplies.Add(app, who.pre, quickreplies.Draft{Text: "样品", File: &kept}); err != nil {
		t.Fatal(err)
	}
	if err = files.Remove(app, ours.File); err != nil {
		t.Fatal(err)
	}
	if f, lost := files.ByID(app, kept); lost != nil || f.Size() != int64(len(dot(t))) {
		t.Errorf("the copy went with its message: %v", lost)
	}
}
