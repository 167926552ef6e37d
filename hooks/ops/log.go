package ops

import (
	"context"
	"io"
	"log/slog"

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
	c.log = slog.New(handler)
	slog.SetDefault(c.log)
}

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
