package journeys_test

import (
	"os"
	"sync"

	"github.com/dianxiaoer/xiaoer/hooks/desktest/contract"
)

var published = sync.OnceValues(func() (*contract.Document, error) {
	raw, err := os.ReadFile("../protocol/asyncapi.yaml")
	if err != nil {
		return nil, err
	}
	return contract.Parse(raw)
})

// valid says what is wrong with a frame that a page sent or received, by the
// protocol's published description.
func valid(f frame) error {
	d, err := published()
	if err != nil {
		return err
	}
	if f.Sent {
		return d.FromClient([]byte(f.Text))
	}
	return d.FromServer([]byte(f.Text))
}
