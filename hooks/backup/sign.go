package backup

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/audit"
	"github.com/dianxiaoer/xiaoer/hooks/disk"
)

// signed comes with the data of a restore and lies beside it until the next start: the
// audit trail of that data has to be told who brought it back.
const signed = "restored.json"

type signature struct {
	By   audit.Actor `json:"by"`
	Made time.Time   `json:"made"` // when the backup was
}

// sign leaves word, in what is laid ready, of who restores.
func sign(into string, by audit.Actor, made time.Time) error {
	raw, err := json.Marshal(signature{by, made})
	if err != nil {
		return fmt.Errorf("sign the restore: %w", err)
	}
	return disk.Replace(filepath.Join(into, signed), raw)
}

// tellRestored writes that word into the trail, takes it away, and returns when the
// backup was made; never where there was none.
func tellRestored(app core.App) (made time.Time, err error) {
	path := filepath.Join(app.DataDir(), signed)
	raw, err := os.ReadFile(path) //nolint:gosec // our own folder
	if errors.Is(err, os.ErrNotExist) {
		return made, nil
	}
	if err != nil {
		return made, err
	}
	var s signature
	if err = json.Unmarshal(raw, &s); err != nil {
		app.Logger().Warn("it cannot be read who has restored", "error", err)
		s.By.Kind = audit.System // but that somebody has
	}
	e := entry("restored", "")
	e.Actor, e.Reason = &s.By, s.Made.Format(time.RFC3339)
	if err = audit.Add(app, e); err != nil {
		return made, err
	}
	return s.Made, os.Remove(path)
}
