package conversations

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/queries"
)

// Past writes what has happened before: a history that is made up, or brought
// along from elsewhere. Conversations and entries are written as they say they
// were, with their own times and authors, which [Write] knows no way to do. Nobody
// is told of them.
type Past struct {
	App core.App // of the transaction
	tx  *Tx
}

// WritePast does what write does in one transaction. It holds the one writing
// connection: who speaks meanwhile waits.
func WritePast(app core.App, write func(*Past) error) error {
	return app.RunInTransaction(func(app core.App) error {
		s, err := openShared(app, newKept())
		if err != nil {
			return err
		}
		defer s.close()
		for more := int64(1); more > 0; {
			if more, err = s.indexMissing(); err != nil {
				return err
			}
		}
		p := &Past{App: app, tx: s.change()}
		if err = write(p); err != nil {
			return err
		}
		if err = s.indexedUpTo(s.seq); err != nil { // so far as the past wants it
			return err
		}
		return s.finish()
	})
}

// Next draws a number of the timeline: one for each entry, and one for each change
// of a conversation.
func (p *Past) Next() int64 { return p.tx.next() }

// Query is a statement of the transaction, prepared on its first use.
func (p *Past) Query(text string, params dbx.Params) queries.Query { return p.tx.query(text, params) }

// Entry writes an entry as it stands, its number included.
func (p *Past) Entry(m *Message) error {
	m.Sender = m.From.sender()
	params, err := m.params()
	if err == nil {
		err = p.tx.exec(insertMessage, params)
	}
	if err != nil {
		return fmt.Errorf("entry %s of the past: %w", m.ID, err)
	}
	return nil
}

// Index has an entry found, in this transaction rather than afterwards.
func (p *Past) Index(m *Message) error {
	if w, some := m.words(p.App); some {
		return p.tx.addWords([]wordsOf{w})
	}
	return nil
}

// IndexLater has all that there is indexed afterwards, the newest first, beside
// whatever goes on.
func (p *Past) IndexLater() error { return p.tx.indexedFrom(p.tx.seq + 1) }

// Conversation writes one as it stands.
func (p *Past) Conversation(c *Conversation) error {
	if err := p.tx.exec(insertConversation, c.params()); err != nil {
		return fmt.Errorf("conversation %s of the past: %w", c.ID, err)
	}
	return nil
}
