package backup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// format is the version of the archive's layout.
const format = 1

// mostManifest is the manifest of almost two million uploads.
const mostManifest = 256 << 20

// Manifest says what a backup holds.
type Manifest struct {
	Format  int       `json:"format"`
	Program string    `json:"program"` // the version that made it
	Made    time.Time `json:"made"`
	Entries []Entry   `json:"entries"`
	Rows    []Rows    `json:"rows"`
	// Missing are uploads that a row names and the disk did not have, or did not give
	// out, as it was when the backup was made.
	Missing []string `json:"missing,omitempty"`
	// Changed are uploads that were no longer those that had been sent. They are in it
	// as they were found.
	Changed []string `json:"changed,omitempty"`
	// Altered are entries of the timeline that were no longer as they had been stored.
	Altered []string `json:"altered,omitempty"`
}

// Entry is one file of the archive.
type Entry struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Rows is how many rows a table had.
type Rows struct {
	Table string `json:"table"`
	Count int64  `json:"count"`
}

// damage is what was found of the shop while the backup was made.
func (m *Manifest) damage() *Damage {
	return &Damage{Losses: Losses{m.Altered, slices.Concat(m.Missing, m.Changed)}}
}

// Size is what a restore will take of the disk.
func (m *Manifest) Size() int64 {
	var sum int64
	for _, e := range m.Entries {
		sum += e.Size
	}
	return sum
}

// readManifest decodes and checks a manifest, before anything that it says is
// believed.
func readManifest(from io.Reader) (*Manifest, error) {
	raw, err := io.ReadAll(io.LimitReader(from, mostManifest+1))
	if err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	if len(raw) > mostManifest {
		return nil, errors.New("manifest: too large")
	}
	m := &Manifest{}
	if err := json.Unmarshal(raw, m); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	if m.Format != format {
		return nil, fmt.Errorf("manifest: format %d is not known here", m.Format)
	}
	seen := map[string]bool{}
	for _, e := range m.Entries {
		if !isOurs(e.Name) || seen[e.Name] || e.Size < 0 || len(e.SHA256) != 64 {
			return nil, fmt.Errorf("manifest: %.80q does not belong into a backup", e.Name)
		}
		seen[e.Name] = true
	}
	if !seen[database] {
		return nil, errors.New("manifest: no database")
	}
	return m, nil
}
