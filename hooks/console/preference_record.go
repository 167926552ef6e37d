package console

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

const collectionPreferences = "preferences"

const savePreferences = "INSERT INTO preferences (id, staff, chosen, updated) VALUES ({:id}, {:who}, {:chosen}, {:now}) " +
	"ON CONFLICT (staff) DO UPDATE SET chosen = excluded.chosen, updated = excluded.updated"

func (c chosen) save(app core.App, staff string) error {
	raw, err := json.Marshal(c)
	if err == nil {
		_, err = app.NonconcurrentDB().NewQuery(savePreferences).Bind(dbx.Params{
			"id": core.GenerateDefaultRandomId(), "who": staff, "chosen": string(raw), "now": types.NowDateTime().String(),
		}).Execute()
	}
	if err != nil {
		return fmt.Errorf("keep preferences: %w", err)
	}
	return nil
}

// chosenBy is how somebody likes their console, by default where they have not
// said.
func chosenBy(app core.App, staff string) (chosen, error) {
	c := chosen{Enter: sendsByEnter, Sound: "chime", Volume: 60, Desktop: true, Quiet: []string{}, Views: []view{}}
	var raw string
	err := app.DB().Select("chosen").From(collectionPreferences).Where(dbx.HashExp{"staff": staff}).Row(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		return c, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(raw), &c)
	}
	if err != nil {
		return c, fmt.Errorf("preferences: %w", err)
	}
	return c, nil
}
