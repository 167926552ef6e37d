package audit

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/disk"
)

// anchorFile holds how far the trail was, outside of the database: a copy of the
// database from yesterday is whole in itself, and only this says that it is not
// all.
const anchorFile = "audit.anchor"

// What a head's seal is for.
const (
	asHead   = "head"
	asAnchor = "anchor"
)

// errElsewhere is told where an anchor is that the database has never reached,
// or has reached on another way. It stays until somebody has accepted that.
var errElsewhere = errors.New("the audit trail is not the one that was anchored: run xiaoer audit verify")

// Anchor writes how far the trail is. An anchor that the trail does not contain
// is left alone.
func Anchor(app core.App) error {
	c, err := chainOf(app)
	if err != nil {
		return err
	}
	h, err := headOf(app)
	if err != nil || h.start() {
		return err
	}
	old, err := readAnchor(app)
	switch {
	case err != nil:
		return err
	case !c.sealed(h, asHead):
		return errElsewhere
	case old == nil:
		return writeAnchor(app, c, h)
	case old.Seq == h.Seq && old.MAC == h.MAC:
		return nil
	}
	if err := passes(app, c, *old); err != nil {
		return err
	}
	return writeAnchor(app, c, h)
}

// passes returns nil where the trail has come by the anchor.
func passes(app core.App, c chain, anchor head) error {
	var mac string
	err := app.ConcurrentDB().NewQuery("SELECT mac FROM audit WHERE seq = {:seq}").Bind(dbx.Params{"seq": anchor.Seq}).Row(&mac)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("anchored audit entry: %w", err)
	}
	if !c.sealed(anchor, asAnchor) || mac != anchor.MAC {
		return errElsewhere
	}
	return nil
}

func writeAnchor(app core.App, c chain, h head) error {
	h.Seal = h.sealedBy(c, asAnchor)
	raw, err := json.Marshal(h)
	if err != nil {
		return err //nolint:wrapcheck // a plain struct of ours
	}
	if err := disk.Replace(filepath.Join(app.DataDir(), anchorFile), append(raw, '\n')); err != nil {
		return fmt.Errorf("anchor of the audit trail: %w", err)
	}
	return nil
}

// readAnchor returns the anchor, nil without one.
func readAnchor(app core.App) (*head, error) {
	raw, err := os.ReadFile(filepath.Join(app.DataDir(), anchorFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil //nolint:nilnil // none is an ordinary answer here
	}
	if err != nil {
		return nil, fmt.Errorf("anchor of the audit trail: %w", err)
	}
	var h head
	if err := json.Unmarshal(raw, &h); err != nil {
		return nil, fmt.Errorf("anchor of the audit trail: %w", err)
	}
	return &h, nil
}
