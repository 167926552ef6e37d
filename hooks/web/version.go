package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// Fields of a form that is guarded against a change by somebody else.
const (
	fieldVersion = "version" // of what the form was made from
	fieldOver    = "over"    // the newer version that the person saw, and writes over
)

// Version names the state that a form was made from: everything in shown, a
// struct of what the form lets people change, and nothing that it does not. Two
// states that look the same have the same version.
func Version(shown any) string {
	raw, err := json.Marshal(shown)
	if err != nil {
		panic(err) // a form's struct is always plain data
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// Unchanged refuses a form as [fail.Conflict] when what it would change is no
// longer as it was when the form was made, unless the person has seen the
// present state and wants theirs over it. Ask inside of the transaction that
// saves. The form comes back then with a [ui.Conflict].
func Unchanged(e *core.RequestEvent, shown any) error {
	now := Version(shown)
	if e.Request.PostFormValue(fieldVersion) == now || e.Request.PostFormValue(fieldOver) == now {
		return nil
	}
	return fail.New(fail.Conflict, "web.changed_meanwhile").On(fieldVersion)
}

// IsConflict reports whether err is what [Unchanged] refuses a form with.
func IsConflict(err error) bool {
	f := fail.Of(err)
	return f.Kind == fail.Conflict && f.Field == fieldVersion
}
