package protocol

import (
	"encoding/json"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

func FuzzFrame(f *testing.F) {
	for _, seed := range []string{
		`{"type":"hello","token":"x","cursor":"y","lang":"en"}`, `{"type":"send","id":"1","kind":"text","text":"你好","data":{"a":[1]}}`,
		`{"type":"send","id":5}`, `{"type":"transfer","id":"a","conversation":"b","staff":"c","note":"d"}`, `{"type":["x"]}`, `[]`, `null`,
		`{"type":"typing","on":"yes"}`, `{"type":"read","cursor":null}`, `{"id":"\ud800","type":"ping"}`, `{"type":"send","type":"ping"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var e envelope
		if json.Unmarshal(raw, &e) != nil {
			return
		}
		_ = e.id()
		in, err := decode[sending](raw)
		if err != nil && fail.Of(err).Kind != fail.Invalid {
			t.Fatalf("%s: %v", raw, err)
		}
		if err == nil {
			if _, err := json.Marshal(in); err != nil {
				t.Fatalf("%s: %v", raw, err)
			}
		}
		_, _ = decode[acting](raw)
		_, _ = decode[hello](raw)
		_, _ = decode[page](raw)
	})
}
