package customers

import (
	"encoding/json"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// SetPage notes the page that a visitor is on. It is raw: visitors walk.
func SetPage(app core.App, contact string, p Page) error {
	raw, err := json.Marshal(p.cut())
	if err != nil {
		return fmt.Errorf("page: %w", err)
	}
	_, err = app.NonconcurrentDB().Update(Contacts, dbx.Params{"page": string(raw)}, dbx.HashExp{"id": contact}).Execute()
	if err != nil {
		return fmt.Errorf("page of contact %s: %w", contact, err)
	}
	return nil
}
