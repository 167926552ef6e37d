package ops

import (
	"context"
	"io"
	"log/slog"
	"sync/atomic"

	"github.com/pocketbase/pocketbase/core"
)

// StartLogging makes slog write to w as the configuration says.
func (c *Config) StartLogging(w io.Writer) {
	level := new(slog.LevelVar)
	_ = level.UnmarshalText([]byte(c.LogLevel)) // checked when it was read
	options := &slog.HandlerOptions{Level: level}
	var handler slog.Handler = slog.NewTextHandler(w, options)
	if c.LogFormat == "json" {
		handler = slog.NewJSONHandler(w, options)
	}
	c.log = slog.New(counting{handler})
	slog.SetDefault(c.log)
}

// faults counts what was logged as an error, panics among them.
var faults atomic.Int64

// Faults is how many errors were logged since the start.
func Faults() int64 { return faults.Load() }

// counting is a handler that counts errors.
type counting struct{ slog.Handler }

// Handle implements slog.Handler.
func (c counting) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelError {
		faults.Add(1)
	}
	return c.Handler.Handle(ctx, r) //nolint:wrapcheck // it is the handler
}

// WithAttrs implements slog.Handler.
func (c counting) WithAttrs(attrs []slog.Attr) slog.Handler {
	return counting{c.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (c counting) WithGroup(name string) slog.Handler { return counting{c.Handler.WithGroup(name)} }

// repeat sends what is written to PocketBase's log, which its dashboard shows,
// to slog as well. Its request lines are left out: they carry queries, and the
// access line says the rest.
func repeat(e *core.ModelEvent) error {
	entry, ok := e.Model.(*core.Log)
	if !ok || entry.Data["type"] == "request" {
		return e.Next()
	}
	handler := slog.Default().Handler()
	level := slog.Level(entry.Level)
	if ctx := context.Background(); handler.Enabled(ctx, level) {
		record := slog.NewRecord(entry.Created.Time(), level, entry.Message, 0)
		for key, value := range entry.Data {
			record.AddAttrs(slog.Any(key, value))
		}
		_ = handler.Handle(ctx, record) // where would a fault of the log be logged?
	}
	return e.Next()
}
