package files

import (
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// sentPage is how many files of a thread are read at once.
const sentPage = 200

// ByID finds a file; an absent one is [fail.NotFound] by way of sql.ErrNoRows.
func ByID(app core.App, id string) (*File, error) {
	r, err := app.FindRecordById(Collection, id)
	if err != nil {
		return nil, fmt.Errorf("file %s: %w", id, err)
	}
	return wrap(r), nil
}

// ByIDs finds several files at once, by id; absent ones are left out.
func ByIDs(app core.App, ids []string) (map[string]*File, error) {
	found := make(map[string]*File, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	records, err := app.FindRecordsByIds(Collection, ids)
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	for _, r := range records {
		found[r.Id] = wrap(r)
	}
	return found, nil
}

// OfContacts lists the files of some contacts' threads, and how large they are
// together.
func OfContacts(app core.App, contacts []string) (ids []string, bytes int64, err error) {
	for _, contact := range contacts {
		var some []struct {
			ID   string `db:"id"`
			Size int64  `db:"size"`
		}
		if err := app.DB().Select("id", "size").From(Collection).Where(dbx.NewExp("contact = {:c}", dbx.Params{"c": contact})).All(&some); err != nil {
			return nil, 0, fmt.Errorf("files of contact %s: %w", contact, err)
		}
		for _, f := range some {
			ids, bytes = append(ids, f.ID), bytes+f.Size
		}
	}
	return ids, bytes, nil
}

// SentTo counts the files that were sent in a contact's thread.
func SentTo(app core.App, contact string) (n int, bytes int64, err error) {
	err = app.ConcurrentDB().NewQuery("SELECT COUNT(*), COALESCE(SUM(size), 0) FROM files WHERE contact = {:in} AND message != '' AND purpose = 'message'").
		Bind(dbx.Params{"in": contact}).Row(&n, &bytes)
	if err != nil {
		return 0, 0, fmt.Errorf("files of contact %s: %w", contact, err)
	}
	return n, bytes, nil
}

// SentIn are the files that were sent in a contact's thread, read some at a time, the
// oldest first.
func SentIn(app core.App, contact string) iter.Seq2[*File, error] {
	return func(yield func(*File, error) bool) {
		for last := (&File{}); ; {
			p := dbx.Params{"in": contact}
			where := "contact = {:in} AND message != '' AND purpose = 'message'"
			if last.Record != nil {
				p["created"], p["id"] = last.Created().String(), last.Id
				where += " AND (created, id) > ({:created}, {:id})"
			}
			var some []*core.Record
			if err := app.RecordQuery(Collection).AndWhere(dbx.NewExp(where, p)).OrderBy("created", "id").Limit(sentPage).All(&some); err != nil {
				yield(nil, fmt.Errorf("files of contact %s: %w", contact, err))
				return
			}
			for _, r := range some {
				if last = wrap(r); !yield(last, nil) {
					return
				}
			}
			if len(some) < sentPage {
				return
			}
		}
	}
}

// byClientID finds the file that its owner has already sent under an id. None
// is no error: it is the usual case.
func byClientID(app core.App, owner, id string) (*File, error) {
	r := &core.Record{}
	err := app.RecordQuery(Collection).
		AndWhere(dbx.NewExp("owner = {:by} AND client_id = {:id} AND client_id != ''", dbx.Params{"by": owner, "id": id})).
		Limit(1).One(r)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // absent is what a new upload is
	}
	if err != nil {
		return nil, fmt.Errorf("file %s of %s: %w", id, owner, err)
	}
	return wrap(r), nil
}

func insert(app core.App, u Upload, b stored, now types.DateTime) error {
	_, err := app.NonconcurrentDB().NewQuery(`
		INSERT INTO files (id, owner, client_id, contact, message, purpose, name, mime, size, width, height, sha256, created)
		VALUES ({:id}, {:owner}, {:client_id}, {:contact}, '', {:purpose}, {:name}, {:mime}, {:size}, {:width}, {:height}, {:sha256}, {:created})`).
		Bind(dbx.Params{
			"id": b.id, "owner": u.Owner, "client_id": u.ClientID, "contact": u.Contact, "purpose": u.Purpose, "name": b.name, "mime": b.mime,
			"size": b.size, "width": b.width, "height": b.height, "sha256": b.sha256, "created": now.String(),
		}).Execute()
	return err //nolint:wrapcheck // its caller says what was being done
}

func claim(app core.App, id, owner, contact, message string) (bool, error) {
	p := dbx.Params{"id": id, "owner": owner, "contact": contact, "message": message}
	const mine = " WHERE id = {:id} AND owner = {:owner} AND contact = {:contact} AND purpose = 'message'"
	result, err := app.NonconcurrentDB().NewQuery("UPDATE files SET message = {:message}" + mine + " AND message = ''").Bind(p).Execute()
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	if err != nil || n == 1 {
		return n == 1, err
	}
	var claimed bool
	err = app.NonconcurrentDB().NewQuery("SELECT EXISTS (SELECT 1 FROM files" + mine + " AND message = {:message})").Bind(p).Row(&claimed)
	return claimed, err
}

func deleteRow(app core.App, id string) error {
	_, err := app.NonconcurrentDB().NewQuery("DELETE FROM files WHERE id = {:id}").Bind(dbx.Params{"id": id}).Execute()
	return err //nolint:wrapcheck // its caller says what was being done
}

// unsent lists uploads that no message has claimed since before then, oldest
// first, a thousand at a time.
func unsent(app core.App, then time.Time) (ids []string, err error) {
	before, err := types.ParseDateTime(then)
	if err != nil {
		return nil, err
	}
	err = app.DB().NewQuery("SELECT id FROM files WHERE message = '' AND created < {:before} AND purpose = 'message' ORDER BY created LIMIT 1000").
		Bind(dbx.Params{"before": before.String()}).Column(&ids)
	return ids, err
}

// OfPurpose lists the files for a purpose that were uploaded before then, oldest
// first: for whoever keeps such files, to find those that nobody needs any more.
func OfPurpose(app core.App, purpose string, then time.Time) (ids []string, err error) {
	before, err := types.ParseDateTime(then)
	if err != nil {
		return nil, err
	}
	err = app.DB().NewQuery("SELECT id FROM files WHERE message = '' AND created < {:before} AND purpose = {:purpose} ORDER BY created").
		Bind(dbx.Params{"before": before.String(), "purpose": purpose}).Column(&ids)
	if err != nil {
		return nil, fmt.Errorf("files of purpose %s: %w", purpose, err)
	}
	return ids, nil
}

// discard deletes an upload's row unless a message has claimed it meanwhile.
func discard(app core.App, id string) (gone bool, err error) {
	result, err := app.NonconcurrentDB().NewQuery("DELETE FROM files WHERE id = {:id} AND message = ''").Bind(dbx.Params{"id": id}).Execute()
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// idsUnder lists the files whose id begins with prefix, two hex digits.
func idsUnder(app core.App, prefix string) (ids []string, err error) {
	err = app.DB().NewQuery("SELECT id FROM files WHERE id >= {:from} AND id < {:to}").
		Bind(dbx.Params{"from": prefix, "to": prefix + "g"}).Column(&ids) // g follows every hex digit
	return ids, err
}
