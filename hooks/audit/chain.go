package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/keys"
)

// keyFile is the name of the chain's key.
const keyFile = "audit.key"

// chain computes what only who has the key can.
type chain struct{ key []byte }

func chainOf(app core.App) (chain, error) {
	key, err := keys.Of(app, keyFile)
	return chain{key}, err
}

// mac is the HMAC of texts. Each is led by its length, so that no two lists are
// the same bytes.
func (c chain) mac(texts ...string) string {
	h := hmac.New(sha256.New, c.key)
	writeTexts(h, texts)
	return hex.EncodeToString(h.Sum(nil))
}

func writeTexts(w io.Writer, texts []string) {
	var length [8]byte
	for _, text := range texts {
		binary.BigEndian.PutUint64(length[:], uint64(len(text)))
		_, _ = w.Write(length[:]) // a hash never fails
		_, _ = io.WriteString(w, text)
	}
}

// id tells keys apart without giving them away.
func (c chain) id() string { return c.mac("id")[:16] }

// of is r's place in the chain after the entry whose mac is before.
func (c chain) of(before string, r *Record) string {
	return c.mac(append([]string{"entry", before}, r.texts()...)...)
}

// texts are all of an entry but its mac.
func (r *Record) texts() []string {
	return []string{
		r.ID, strconv.FormatInt(r.Seq, 10), r.Time, r.ActorKind, r.Actor, r.ActorName, r.Address, r.Act,
		r.ObjectKind, r.Object, r.ObjectName, string(r.Changes), r.Reason, r.Key,
	}
}

// digest stands for a personal value: the same for the same value, and nothing
// that leads back to it without the key.
func (c chain) digest(value string) string { return c.mac("personal", value)[:16] }

// head is the chain's end: the newest entry's number and mac. It is kept beside
// the entries, so that the newest cannot be cut off unnoticed.
type head struct {
	Seq  int64  `json:"seq" db:"seq"`
	MAC  string `json:"mac" db:"mac"`
	Key  string `json:"key" db:"key"`
	Seal string `json:"seal" db:"seal"`
}

func (h head) sealedBy(c chain, as string) string {
	return c.mac(as, strconv.FormatInt(h.Seq, 10), h.MAC, h.Key)
}

// start reports whether h is that of a chain without entries.
func (h head) start() bool { return h == head{} }

// Why a chain does not simply go on. Each has its words under audit.broken_….
const (
	brokenKey  = "key"  // made with a key that is gone
	brokenHead = "head" // the head is gone, or somebody else's
	brokenTail = "tail" // the newest entries are gone, or some are there that nobody added
)

// open returns the chain's end, and why it is not what it should be, if so.
func open(app core.App, c chain) (head, string, error) {
	var last sql.NullInt64
	var h head
	err := app.NonconcurrentDB().NewQuery("SELECT seq, mac, key, seal, (SELECT MAX(seq) FROM audit) AS last FROM audit_head WHERE id = 1").
		Row(&h.Seq, &h.MAC, &h.Key, &h.Seal, &last)
	gone := errors.Is(err, sql.ErrNoRows)
	if err != nil && !gone {
		return h, "", fmt.Errorf("head of the audit trail: %w", err)
	}
	trouble := c.trouble(h, last.Int64)
	if gone {
		trouble = brokenHead
	}
	if trouble == "" {
		return h, "", nil
	}
	next, err := newest(app)
	if err != nil {
		return h, "", err
	}
	next.Seq = max(next.Seq, h.Seq) // a number is never given twice
	return next, trouble, nil
}

// trouble is what is wrong with a head above the entry with the number last.
func (c chain) trouble(h head, last int64) string {
	switch {
	case h.start() && last == 0:
		return ""
	case h.Key != "" && h.Key != c.id():
		return brokenKey
	case !c.sealed(h, asHead):
		return brokenHead
	case h.Seq != last:
		return brokenTail
	default:
		return ""
	}
}

// sealed reports whether h was sealed with the key that is here.
func (c chain) sealed(h head, as string) bool {
	return h.Key == c.id() && hmac.Equal([]byte(h.Seal), []byte(h.sealedBy(c, as)))
}

// headOf reads the chain's end as it is.
func headOf(app core.App) (head, error) {
	var h head
	err := app.ConcurrentDB().NewQuery("SELECT seq, mac, key, seal FROM audit_head WHERE id = 1").Row(&h.Seq, &h.MAC, &h.Key, &h.Seal)
	if err != nil {
		return h, fmt.Errorf("head of the audit trail: %w", err)
	}
	return h, nil
}

// newest is the last entry that is there.
func newest(app core.App) (head, error) {
	var h head
	err := app.NonconcurrentDB().NewQuery("SELECT seq, mac FROM audit WHERE seq = (SELECT MAX(seq) FROM audit)").Row(&h.Seq, &h.MAC)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return h, fmt.Errorf("newest audit entry: %w", err)
	}
	return h, nil
}

// add puts r at the end of the chain, which it becomes.
func (c chain) add(app core.App, end *head, r *Record) error {
	r.ID = core.GenerateDefaultRandomId()
	r.Seq, r.Key = end.Seq+1, c.id()
	r.MAC = c.of(end.MAC, r)
	if err := r.insert(app); err != nil {
		return fmt.Errorf("audit entry: %w", err)
	}
	*end = head{Seq: r.Seq, MAC: r.MAC, Key: r.Key}
	end.Seal = end.sealedBy(c, asHead)
	_, err := app.NonconcurrentDB().NewQuery("REPLACE INTO audit_head (id, seq, mac, key, seal) VALUES (1, {:seq}, {:mac}, {:key}, {:seal})").
		Bind(dbx.Params{"seq": end.Seq, "mac": end.MAC, "key": end.Key, "seal": end.Seal}).Execute()
	if err != nil {
		return fmt.Errorf("head of the audit trail: %w", err)
	}
	return nil
}
