package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/disk"
	"github.com/dianxiaoer/xiaoer/hooks/replica"
)

// Takeover is what came back of a warm copy.
type Takeover struct {
	Made   time.Time // as of when it is
	Lost   []string  // uploads that are missing
	Passed []string  // newer copies that cannot be restored, and why
}

// StageReplica lays the warm copy at a ready, as [Stage] does with a backup. A damaged
// database is refused, and the one before it taken, where there is one. An upload that is
// missing, or is not the one that its row names, is left out and told: the shop
// is more than one picture.
func StageReplica(ctx context.Context, a replica.Address, dir string, by audit.Actor) (t Takeover, err error) {
	list, err := replica.Copies(ctx, a)
	if err != nil {
		return t, fmt.Errorf("restore: %w", err)
	}
	var broken error
	for _, c := range list {
		t.Made = c.Fresh
		err = stage(ctx, dir, func(into string) (err error) {
			if t.Lost, err = fillFrom(ctx, c, into); err != nil {
				return err
			}
			return sign(into, by, c.Fresh)
		})
		if !errors.Is(err, replica.ErrBroken) {
			return t, err
		}
		broken = errors.Join(broken, err)
		t.Passed = append(t.Passed, fmt.Sprintf("%s: %v", c.Fresh.Format(time.RFC3339), err))
	}
	return t, broken
}

func fillFrom(ctx context.Context, c *replica.Copy, into string) (lost []string, err error) {
	path := filepath.Join(into, database)
	if err = c.Database(ctx, path); err != nil {
		return nil, err
	}
	if err = fillKeys(ctx, c, into); err != nil {
		return nil, err
	}
	db, err := openCopy(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	if err = sound(ctx, db); err != nil {
		return nil, fmt.Errorf("%w: %w", replica.ErrBroken, err)
	}
	named, err := uploadsOf(ctx, db)
	if err != nil {
		return nil, err
	}
	for _, u := range named {
		err := bring(ctx, c, u, into)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errChanged) {
			lost = append(lost, u.id)
		} else if err != nil {
			return nil, fmt.Errorf("upload %s: %w", u.id, err)
		}
	}
	return lost, nil
}

func fillKeys(ctx context.Context, c *replica.Copy, into string) error {
	held, err := c.Keys(ctx)
	if err != nil {
		return err
	}
	for name, content := range held {
		if err = disk.Replace(filepath.Join(into, name), content); err != nil { // it has the form of a key's
			return err
		}
	}
	return nil
}

// bring copies one upload and holds it against its row.
func bring(ctx context.Context, c *replica.Copy, u upload, into string) error {
	name := u.file()
	if !isOurs(name) {
		return errChanged
	}
	from, err := c.Upload(ctx, u.id)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	path := filepath.Join(into, name)
	f, err := create(path)
	if err != nil {
		return err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sum), io.LimitReader(replica.Until(ctx, from), u.size+1))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if n != u.size || hex.EncodeToString(sum.Sum(nil)) != u.sha256 {
		return errors.Join(errChanged, os.Remove(path))
	}
	return nil
}
