// Package settings owns the rows of the settings collection: what the owner
// has decided, as typed values.
//
// A row is a key and one JSON object. Its Go type lives with whoever needs it
// and its zero fields mean the fallback, so that a new field needs no
// migration. Rows are cached for a second: reading one is free on the hot path,
// and a change made by a command in another process is seen soon enough.
package settings

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

const fresh = time.Second

// cache is what one app has read.
type cache struct {
	mu   sync.Mutex
	rows map[string]row
}

type row struct {
	raw   []byte
	value any // raw decoded over the fallback of whoever asked first
	read  time.Time
}

func cacheOf(app core.App) *cache {
	c, _ := app.Store().GetOrSet("xiaoer.settings", func() any { return &cache{rows: map[string]row{}} }).(*cache)
	return c
}

// Load returns the value under key. Fields that the row leaves out keep the
// fallback's value; without a row it is the fallback itself. Ask for a key with
// one type only.
func Load[T any](app core.App, key string, fallback T) T {
	if app.IsTransactional() { // its own writes count, and must not reach the cache before the commit
		raw, err := read(app, key)
		if err != nil {
			app.Logger().Error("setting not read", "key", key, "error", err)
		}
		return decode(app, key, raw, fallback)
	}
	c := cacheOf(app)
	c.mu.Lock()
	defer c.mu.Unlock()
	known, ok := c.rows[key]
	value, typed := known.value.(T)
	if ok && typed && time.Since(known.read) < fresh {
		return value
	}
	raw, err := read(app, key)
	if err != nil {
		app.Logger().Error("setting not read", "key", key, "error", err)
		if typed { // an old value is better than none
			return value
		}
		return fallback
	}
	if !ok || !typed || !bytes.Equal(raw, known.raw) {
		value = decode(app, key, raw, fallback)
	}
	c.rows[key] = row{raw: raw, value: value, read: time.Now()}
	return value
}

func decode[T any](app core.App, key string, raw []byte, fallback T) T {
	if len(raw) == 0 {
		return fallback
	}
	value := fallback
	if err := json.Unmarshal(raw, &value); err != nil {
		app.Logger().Error("setting not understood", "key", key, "error", err)
		return fallback
	}
	return value
}

// read returns the row's JSON, empty where there is none.
func read(app core.App, key string) ([]byte, error) {
	s, err := byKey(app, key)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s.value(), nil
}

// Save writes value under key.
func Save(app core.App, key string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("setting %s: %w", key, err)
	}
	s, err := byKey(app, key)
	if errors.Is(err, sql.ErrNoRows) {
		s, err = newSetting(app, key)
	}
	if err != nil {
		return fmt.Errorf("setting %s: %w", key, err)
	}
	s.setValue(raw)
	if err := app.Save(s); err != nil {
		return fmt.Errorf("setting %s: %w", key, err)
	}
	if tx := app.TxInfo(); tx != nil {
		tx.OnComplete(func(error) error { forget(app, key); return nil })
	}
	forget(app, key)
	return nil
}

func forget(app core.App, key string) {
	c := cacheOf(app)
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.rows, key)
}
