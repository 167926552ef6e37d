package protocol_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dianxiaoer/xiaoer/hooks/conversations"
	"github.com/dianxiaoer/xiaoer/hooks/desktest"
	"github.com/dianxiaoer/xiaoer/hooks/desktest/contract"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/live"
	"github.com/dianxiaoer/xiaoer/hooks/protocol"
)

// wrong are the frames of this test run that are not as described, each fault
// once.
var wrong = struct {
	sync.Mutex
	faults map[string]bool
}{faults: map[string]bool{}}

// Every frame that any test of this package receives is held against the
// document.
func TestMain(m *testing.M) {
	raw, err := os.ReadFile("asyncapi.yaml")
	if err != nil {
		panic(err)
	}
	d, err := contract.Parse(raw)
	if err != nil {
		panic(err)
	}
	record = func(f frame) {
		raw, err := json.Marshal(f)
		if err == nil {
			err = d.FromServer(raw)
		}
		if err != nil {
			wrong.Lock()
			defer wrong.Unlock()
			wrong.faults[err.Error()] = true
		}
	}
	status := m.Run()
	for fault := range wrong.faults {
		fmt.Fprintln(os.Stderr, "not as described:", fault)
		status = 1
	}
	os.Exit(status)
}

func TestDocumentAndCodeNameTheSame(t *testing.T) {
	d := contract.Fetch(t, desktest.Serve(t, desktest.New(t)).URL)
	var refused, retry []string
	for _, k := range []fail.Kind{
		fail.Invalid, fail.TooLong, fail.IDReused, fail.NotFound, fail.Forbidden, fail.Closed, fail.Taken, fail.Unavailable, fail.AtCapacity, fail.TooLate,
		fail.FileGone, fail.Blocked, fail.UnknownType, fail.Busy, fail.Full, fail.Draining, fail.Limit,
	} {
		if k.Retry() {
			retry = append(retry, string(k))
		} else {
			refused = append(refused, string(k))
		}
	}
	for what, c := range map[string]struct{ code, document []string }{
		"client's frames":  {protocol.CommandTypes(), d.ClientTypes()},
		"server's frames":  {protocol.FrameTypes, d.ServerTypes()},
		"events":           {conversations.EventNames, d.Enum("event")},
		"reasons":          {conversations.Reasons, d.Enum("reason")},
		"codes of refused": {refused, d.Enum("refusedCode")},
		"codes of notice":  {protocol.NoticeCodes, d.Enum("noticeCode")},
		"codes of retry":   {retry, d.Enum("retryCode")},
		"kinds": {
			texts(conversations.Text, conversations.Image, conversations.File, conversations.Product, conversations.Order, conversations.Note, conversations.Event),
			d.Enum("messageKind"),
		},
		"statuses": {
			texts(conversations.WithBot, conversations.Waiting, conversations.Open, conversations.Later, conversations.Closed),
			d.Enum("status"),
		},
	} {
		code := slices.Sorted(slices.Values(c.code))
		if !slices.Equal(code, c.document) {
			t.Errorf("%s: the code has %v, the document %v", what, code, c.document)
		}
	}
	codes := fmt.Sprint(d.Extension("live", "x-close-codes"))
	for _, code := range []live.CloseCode{live.Restart, live.Malformed, live.Unauthorized, live.Origin, live.Slow, live.Elsewhere, live.Flooding} {
		if !strings.Contains(codes, fmt.Sprintf("%d:", code)) {
			t.Errorf("close code %d is not described", code)
		}
	}
}

func texts[T ~string](values ...T) (list []string) {
	for _, v := range values {
		list = append(list, string(v))
	}
	return list
}
