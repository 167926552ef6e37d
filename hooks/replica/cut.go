package replica

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/benbjohnson/litestream"
	"github.com/pocketbase/pocketbase/core"
)

// Hold has act run while nobody in the program writes. Litestream would wait for
// its turn by trying now and then, and a desk that commits all the time is never
// between two commits when it does.
type Hold func(ctx context.Context, act func() error) error

const (
	// glance is how often it is looked how long the log is.
	glance = time.Second
	// never keeps Litestream from cutting by itself. Its last resort stops the
	// writers for as long as somebody reads, and then uploads the whole database.
	never = 1 << 30
	// turn is the most of the log that is brought here in one go. Where somebody commits
	// faster than it is read, its end is never come to, and whoever would cut waits.
	turn = 4 << 20
)

// CutAt is at how many pages the log is begun anew: 16 MB. SQLite does it at a quarter
// of that by itself, in the commit that comes to it: pages that are written again and
// again are moved less often so, and less than one word in a hundred waits for it.
const CutAt = 4000

// CutHard is at how many pages the writers try it themselves: 64 MB.
const CutHard = 16384

const storeKey = "replica.follower"

// Keep makes f the one that follows app's database, nil where nobody does.
func Keep(app core.App, f *Follower) { app.Store().Set(storeKey, f) }

// Cut has the log begun anew by whoever owns it, and nothing left of the old one.
// ours is false where nobody follows app's database, and its own checkpoint does
// it; busy tells that somebody still reads from it.
func Cut(ctx context.Context, app core.App) (ours, busy bool, err error) {
	f, _ := app.Store().Get(storeKey).(*Follower)
	if f == nil {
		return false, false, nil
	}
	f.mu.Lock()
	s := f.now
	f.mu.Unlock()
	if s == nil {
		return false, false, nil
	}
	begun, err := s.cut(ctx, s.wipe)
	if err != nil && (strings.Contains(err.Error(), "database is locked") || strings.Contains(err.Error(), "SQLITE_BUSY")) {
		return true, true, nil // Litestream says it in words alone
	}
	return true, !begun, err
}

// keepShort begins the log anew whenever it is long, until ctx ends. While
// somebody reads from it, such as a backup, it grows, as it does in a shop that
// nobody follows.
func (s *stretch) keepShort(ctx context.Context) {
	tick := time.NewTicker(s.glance)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if is, err := s.logged(); err != nil || is.pages < s.cutAt {
			continue
		}
		if _, err := s.cut(ctx, func(context.Context) error { return nil }); err != nil && ctx.Err() == nil {
			s.log.Warn("the database's log is not cut", "error", err)
		}
	}
}

// cut begins the log anew once Litestream has all of it, does after if that came
// about, and reports whether it did. Most of it is brought here before anybody is
// held up, unless it grows as fast.
func (s *stretch) cut(ctx context.Context, after func(context.Context) error) (begun bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, slow)
	defer cancel()
	if err = s.catchUp(ctx); err != nil {
		return false, err
	}
	err = s.hold(ctx, func() error {
		before, failed := s.logged()
		if failed != nil {
			return failed
		}
		if failed = s.db.Checkpoint(ctx, litestream.CheckpointModePassive); failed != nil {
			return failed
		}
		now, failed := s.logged()
		if begun = now.salts != before.salts; failed != nil || !begun { // a reader of it, or a snapshot being taken, keeps it
			return failed
		}
		return after(ctx)
	})
	return begun, err
}

// catchUp brings here what the log has, for a glance at most.
func (s *stretch) catchUp(ctx context.Context) error {
	short, cancel := context.WithTimeout(ctx, s.glance)
	defer cancel()
	if err := s.db.Sync(short); err != nil && short.Err() == nil {
		return err
	}
	return ctx.Err()
}

// log is a log as it is at a moment: how many pages it has, and what tells it from
// the one before it.
type log struct {
	pages int64
	salts [8]byte
}

// logged is the log as it is now. The file is mostly longer, since SQLite writes over
// an old log instead of cutting it off, and begins with the old one's salts until then;
// what is true stands in the index beside it
// (sqlite.org/walformat.html#the_wal_index_file_format), twice.
func (s *stretch) logged() (log, error) {
	const header, atPages, atSalts = 48, 16, 32
	f, err := os.Open(s.db.Path() + "-shm")
	if err != nil {
		return log{}, err
	}
	defer func() { _ = f.Close() }()
	var raw [2 * header]byte
	for range 10 { // somebody may be writing it
		if _, err = f.ReadAt(raw[:], 0); err != nil {
			return log{}, fmt.Errorf("the log's index: %w", err)
		}
		if bytes.Equal(raw[:header], raw[header:]) {
			return log{int64(binary.NativeEndian.Uint32(raw[atPages:])), [8]byte(raw[atSalts:])}, nil
		}
	}
	return log{}, errors.New("the log's index is being written")
}

// wipe takes away what a log that was begun anew has left of the old one: what was
// erased must not be read in it. Nobody can write meanwhile, in no process.
func (s *stretch) wipe(ctx context.Context) error {
	c, err := s.db.SQLDB().Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if _, err = c.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() { _, _ = c.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") }()
	now, err := s.logged()
	if err != nil {
		return err
	}
	return os.Truncate(s.db.WALPath(), litestream.WALHeaderSize+now.pages*int64(litestream.WALFrameHeaderSize+s.db.PageSize()))
}
