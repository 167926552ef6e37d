package conversations

// keptMost bounds how many conversations the writer keeps at hand: all that are
// going on in a busy shop.
const keptMost = 2000

// kept are conversations as the writer has left them. It alone knows them: whoever
// else reads, reads the database. None of them is ever changed in place.
//
// Every change of a conversation, by whatever process, draws a number of the
// timeline: as long as the counter stands where the writer has left it, nobody
// else has changed any.
type kept struct {
	seq      int64 // the counter, when these were right
	known    bool  // that it stood there after the last commit
	byID     map[string]*Conversation
	unclosed map[string]*Conversation // by contact
}

func newKept() *kept {
	return &kept{byID: map[string]*Conversation{}, unclosed: map[string]*Conversation{}}
}

// forget is for what happens beside [Tx.Save]: rows that are wiped.
func (k *kept) forget() {
	k.known = false
	clear(k.byID)
	clear(k.unclosed)
}

// at holds what is kept against the counter as it stands, and reports whether it is
// still right.
func (k *kept) at(seq int64) bool {
	if k.seq == seq {
		return true
	}
	k.forget()
	k.seq = seq
	return false
}

// follow takes over what a change has made of conversations. Where its batch
// fails in the end, everything is forgotten.
func (k *kept) follow(changes []Change) {
	if len(k.byID)+len(changes) > keptMost {
		k.forget()
	}
	for _, c := range changes {
		k.add(c.After)
	}
}

func (k *kept) add(c *Conversation) {
	k.byID[c.ID] = c
	switch {
	case c.Status != Closed:
		k.unclosed[c.Contact] = c
	case k.unclosed[c.Contact] != nil && k.unclosed[c.Contact].ID == c.ID:
		delete(k.unclosed, c.Contact)
	}
}
