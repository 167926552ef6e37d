package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	_ "modernc.org/sqlite" // the driver that PocketBase is built on
)

// openCopy opens a database that nobody else writes: a snapshot, or what came
// out of an archive. It never writes to it.
func openCopy(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+url.PathEscape(path)+"?mode=ro&immutable=1")
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// snapshot writes the database of the folder dir, as it is at one moment, to
// the file to. Writers go on meanwhile.
func snapshot(ctx context.Context, dir, to string) error {
	db, err := openLive(dir)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if _, err = db.ExecContext(ctx, "VACUUM INTO ?", to); err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	return syncFile(to)
}

// rowsOf counts the rows of every table.
func rowsOf(ctx context.Context, db *sql.DB) ([]Rows, error) {
	tables, err := texts(ctx, db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
	if err != nil {
		return nil, fmt.Errorf("list the tables: %w", err)
	}
	list := make([]Rows, len(tables))
	for i, table := range tables {
		list[i].Table = table
		name := "`" + strings.ReplaceAll(table, "`", "``") + "`"
		if err := db.QueryRowContext(ctx, fmt.Sprintf("SELECT COUNT(*) FROM(%s)", name)).Scan(&list[i].Count); err != nil {
			return nil, fmt.Errorf("count %s: %w", table, err)
		}
	}
	return list, nil
}

// upload is what a row knows of an upload's bytes.
type upload struct {
	id, sha256 string
	size       int64
}

// file is where its bytes lie, in a data folder and in a backup.
func (u upload) file() string { return uploads + "/" + u.id[:min(2, len(u.id))] + "/" + u.id }

// uploadsOf lists the uploads that a database names.
func uploadsOf(ctx context.Context, db *sql.DB) (list []upload, err error) {
	rows, err := db.QueryContext(ctx, "SELECT id, sha256, size FROM files ORDER BY id")
	if err != nil {
		return nil, fmt.Errorf("list the uploads: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var u upload
		if err := rows.Scan(&u.id, &u.sha256, &u.size); err != nil {
			return nil, fmt.Errorf("list the uploads: %w", err)
		}
		list = append(list, u)
	}
	return list, rows.Err()
}

func texts(ctx context.Context, db *sql.DB, query string) (list []string, err error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		list = append(list, text)
	}
	return list, rows.Err()
}

// syncFile makes a file's bytes durable.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0) //nolint:gosec // our own folder
	if err != nil {
		return fmt.Errorf("sync: %w", err)
	}
	return errors.Join(f.Sync(), f.Close())
}
