package replica

import (
	"bytes"
	"context"
	"crypto/sha256"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// companions are what lies beside the database and has to be where it is:
// uploads, which are there before their row and go after it, and keys.
type companions struct {
	dir, generation string
	place           Place
	sent            *atomic.Int64
	named           func(id string) (bool, error) // as in [Desk]

	mu     sync.Mutex
	there  map[string]bool      // uploads that the place has, nil until it was asked
	looked map[string]time.Time // the time of each folder of uploads when it was last read, and had rested
	keys   map[string][32]byte  // digests of the keys that the place has
	unread error                // why uploads could not be brought that are here, when it was last tried
}

// bring copies keys and uploads that are here and not there. What this disk does not
// give out keeps nothing else here: see failing.
func (c *companions) bring(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.know(ctx); err != nil {
		return err
	}
	held, err := c.held(".key")
	if err != nil {
		return err
	}
	if err = c.copyKeys(ctx, held); err != nil {
		return err
	}
	folders, err := os.ReadDir(filepath.Join(c.dir, uploads))
	if err != nil && !absent(err) {
		return err
	}
	c.unread = nil
	for _, f := range folders {
		if err := c.copyFolder(ctx, f.Name()); err != nil {
			return err
		}
	}
	return nil
}

// failing is which upload could not be brought when it was last tried.
func (c *companions) failing() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.unread
}

// know asks the place what it has, at first; see [companions.again].
func (c *companions) know(ctx context.Context) error {
	if c.there != nil {
		return nil
	}
	found, err := c.place.List(ctx, uploads)
	if err != nil {
		return err
	}
	c.there, c.looked, c.keys = map[string]bool{}, map[string]time.Time{}, map[string][32]byte{}
	for _, o := range found {
		if id := path.Base(o.Name); uploadFile.MatchString(id) {
			c.there[id] = true
		}
	}
	return nil
}

// again asks the place once more. What it has lost is brought there by the next bring;
// keys, which are few, are in any case. Nobody waits meanwhile.
func (c *companions) again(ctx context.Context) error {
	c.mu.Lock()
	before := maps.Clone(c.there)
	c.mu.Unlock()
	found, err := c.place.List(ctx, uploads)
	if err != nil || before == nil {
		return err
	}
	for _, o := range found {
		delete(before, path.Base(o.Name))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.keys)
	for id := range before {
		delete(c.there, id)
	}
	if len(before) > 0 {
		clear(c.looked)
	}
	return nil
}

// soon is how long after a change a folder may change again without its time
// saying so.
const soon = 2 * time.Second

// copyFolder reads a folder of uploads only where it has changed since: where its time
// is another, whichever way the clock was set.
func (c *companions) copyFolder(ctx context.Context, name string) error {
	at := filepath.Join(c.dir, uploads, name)
	info, err := os.Stat(at)
	if err != nil || !info.IsDir() || info.ModTime().Equal(c.looked[name]) {
		return nil //nolint:nilerr // a folder that is gone has nothing to copy
	}
	rested := time.Since(info.ModTime()) > soon
	entries, unread := os.ReadDir(at)
	for _, e := range entries {
		id := e.Name()
		if !uploadFile.MatchString(id) || c.there[id] {
			continue
		}
		content, err := os.ReadFile(filepath.Join(at, id)) //nolint:gosec // our own folder; an upload is not large
		if absent(err) {
			continue // deleted meanwhile, its row before it
		}
		if err != nil {
			unread = err
			continue
		}
		if err = putCounted(ctx, c.place, uploads+name+"/"+id, bytes.NewReader(content), c.sent); err != nil {
			return err
		}
		c.there[id] = true
	}
	switch {
	case unread != nil:
		c.unread = unread
	case rested:
		c.looked[name] = info.ModTime()
	}
	return nil
}

// held are the program's own files of a kind, as they are now.
func (c *companions) held(kind string) (map[string][]byte, error) {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return nil, err
	}
	list := map[string][]byte{}
	for _, e := range entries {
		if e.Type().IsRegular() && keyFile.MatchString(e.Name()) && strings.HasSuffix(e.Name(), kind) {
			if list[e.Name()], err = os.ReadFile(filepath.Join(c.dir, e.Name())); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

func (c *companions) copyKeys(ctx context.Context, held map[string][]byte) error {
	for name, content := range held {
		sum := sha256.Sum256(content)
		if c.keys[name] == sum {
			continue
		}
		if err := c.place.Put(ctx, c.generation+keys+name, bytes.NewReader(content)); err != nil {
			return err
		}
		c.keys[name] = sum
	}
	return nil
}

// anchor copies what was held before the database was brought: an anchor must
// not be ahead of the trail that it holds.
func (c *companions) anchor(ctx context.Context, held map[string][]byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.know(ctx); err != nil {
		return err
	}
	return c.copyKeys(ctx, held)
}

// sweep deletes uploads there that are no longer here, and that nothing names any
// more: what this disk has lost is nowhere else. It is called when the newest of the
// database is there.
func (c *companions) sweep(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id := range c.there {
		if _, err := os.Lstat(filepath.Join(c.dir, uploads, id[:2], id)); !absent(err) {
			continue
		}
		named, err := c.named(id)
		if err != nil {
			return err
		}
		if named {
			continue
		}
		if err := c.place.Delete(ctx, uploads+id[:2]+"/"+id); err != nil {
			return err
		}
		delete(c.there, id)
	}
	return nil
}
