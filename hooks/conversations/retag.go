package conversations

import (
	"context"
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/customers"
	"github.com/dianxiaoer/xiaoer/hooks/outbox"
)

// A tag is looked for among walkStep conversations at a time, and changed in
// writeStep of them in one commit: nobody who is writing waits for long, however
// many years the shop has kept.
const (
	walkStep  = 1000
	writeStep = 50
)

// retag puts one tag in the place of another everywhere, and ends the first one.
// The timeline keeps what was said then: that is what happened.
func (t *timeline) retag(ctx context.Context, app core.App, e *outbox.Effect) error {
	var r customers.Retagging
	if err := e.Into(&r); err != nil {
		return err
	}
	if err := customers.RetagCustomers(app, r); err != nil {
		return err
	}
	for after, more := "", true; more; {
		var found []string
		var err error
		if found, after, err = withTag(app, r.From, after); err != nil {
			return err
		}
		for some := range slices.Chunk(found, writeStep) {
			if err := t.write(nil, func(tx *Tx) error { return tx.retag(some, r) }); err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("retag: %w", err)
		}
		more = after != ""
	}
	return customers.Forget(app, r.From)
}

// withTag lists those of the next conversations by id that bear tag, and the id
// to go on after, "" at the end.
func withTag(app core.App, tag, after string) (found []string, last string, err error) {
	var rows []struct {
		ID    string `db:"id"`
		Bears bool   `db:"bears"`
	}
	err = app.ConcurrentDB().NewQuery("SELECT id, instr(tags, {:tag}) > 0 AS bears FROM conversations WHERE id > {:after} ORDER BY id LIMIT {:most}").
		Bind(dbx.Params{"tag": `"` + tag + `"`, "after": after, "most": walkStep}).All(&rows)
	if err != nil {
		return nil, "", fmt.Errorf("conversations with a tag: %w", err)
	}
	for _, row := range rows {
		if row.Bears {
			found = append(found, row.ID)
		}
	}
	if len(rows) == walkStep {
		last = rows[len(rows)-1].ID
	}
	return found, last, nil
}

func (tx *Tx) retag(ids []string, r customers.Retagging) error {
	for _, id := range ids {
		c, err := tx.Conversation(id)
		if err != nil {
			return err
		}
		now := r.Of(c.Tags)
		if slices.Equal(now, c.Tags) {
			continue
		}
		slices.Sort(now)
		c.Tags = now
		tx.Save(c)
	}
	return nil
}

// TagUses is how many conversations that are not closed bear each tag, by its id.
func TagUses(app core.App) (map[string]int, error) {
	var rows []struct {
		Tag string `db:"tag"`
		N   int    `db:"n"`
	}
	err := app.ConcurrentDB().NewQuery("SELECT t.value AS tag, COUNT(*) AS n FROM conversations c INDEXED BY ux_conversations_unclosed, json_each(c.tags) t " +
		"WHERE c.status != 'closed' GROUP BY t.value").All(&rows)
	if err != nil {
		return nil, fmt.Errorf("count tags of conversations: %w", err)
	}
	uses := make(map[string]int, len(rows))
	for _, r := range rows {
		uses[r.Tag] = r.N
	}
	return uses, nil
}
