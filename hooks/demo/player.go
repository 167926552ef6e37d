package demo

import (
	"context"

	"github.com/pocketbase/pocketbase/tools/security"

	"github.com/dianxiaoer/xiaoer/hooks/client"
)

// player is a client whose frames wait until there is time for them.
type player struct {
	*client.Client
	heard chan client.Frame // closed with the connection
}

// connect says hello and listens until ctx ends.
func connect(ctx context.Context, base, token, cursor string) (*player, error) {
	heard := make(chan client.Frame, 512)
	c, err := client.Connect(ctx, base, token, cursor, func(f client.Frame) {
		select {
		case heard <- f.Keep():
		case <-ctx.Done():
		}
	})
	if err != nil {
		return nil, err
	}
	go func() {
		defer recovered()
		<-c.Left()
		close(heard)
	}()
	return &player{Client: c, heard: heard}, nil
}

// show sends a picture and returns its file's id.
func (p *player) show(ctx context.Context, picture string) (string, error) {
	raw, err := draw(picture)
	if err != nil {
		return "", err
	}
	return p.Upload(ctx, "IMG_"+security.RandomStringWithAlphabet(4, "0123456789")+".png", raw)
}
