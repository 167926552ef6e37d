package conversations

import (
	"github.com/pocketbase/dbx"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/queries"
)

// quickly makes a change without asking first whether its id was used before. Where
// it was, SQLite refuses the entry, and all is done again carefully. A change that is
// refused before it has written anything is not done: the id goes before all that
// could be said against it.
func (tx *Tx) quickly(change func(*Tx) error) (done bool, err error) {
	if tx.careful {
		return false, nil
	}
	seq, writes := tx.seq, queries.Writes()
	if err = change(tx); err == nil || isStorage(err) || queries.Writes() != writes {
		return true, err
	}
	tx.seq, tx.order = seq, nil
	clear(tx.touched)
	return false, nil
}

// repeated finds what the sender's id was used for already: the entry where the
// content is the same, id_reused where it is not, nil where it is new.
func (tx *Tx) repeated(by Author, id, hash string) (*Message, error) {
	found, err := tx.messages(messageColumns+" FROM messages WHERE sender = {:sender} AND client_id = {:id} AND client_id != ''",
		dbx.Params{"sender": by.sender(), "id": id})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	if !proves(found[0].Hash, hash) {
		return nil, fail.New(fail.IDReused, "fail.id_reused").On("id")
	}
	return found[0], nil
}
