package routing

import (
	"log/slog"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"github.com/dianxiaoer/xiaoer/hooks/clock"
	"github.com/dianxiaoer/xiaoer/hooks/conversations"
)

const (
	// tellPlacesEvery is how often those who wait are told their new place at most.
	tellPlacesEvery = 5 * time.Second
	// judgeEvery is how often it is looked how long conversations take, judgeOver
	// how far back, and judgeBy by how many at most.
	judgeEvery = time.Minute
	judgeOver  = 24 * time.Hour
	judgeBy    = 200
)

// Place is where a conversation stands in the queue of its group, from 1 on, and
// how long it is likely to wait there yet; 0 where nobody can tell.
type Place struct {
	Conversation *conversations.Conversation
	Place        int
	Wait         time.Duration
}

// PlacesEvent lists those whose place in the queue, or whose wait, has changed.
type PlacesEvent struct {
	hook.Event
	App    core.App
	Places []Place
}

// OnPlaces is triggered, at most every 5 s, with those whose place has changed.
func OnPlaces(app core.App) *hook.Hook[*PlacesEvent] { return &of(app).moved }

// PlaceOf is c's place, all zero where it does not wait.
func PlaceOf(app core.App, c *conversations.Conversation) (Place, error) {
	if c.Status != conversations.Waiting {
		return Place{}, nil
	}
	return of(app).placeOf(c, clock.Now(app))
}

// seen are the places of all that waits, as they were a moment ago.
type seen struct {
	at     time.Time // zero: they are no longer
	places map[string]Place
}

// placesLast is how long places are not looked up again, so that whoever comes
// back, with all others, after a restart costs little.
const placesLast = time.Second

func (r *counter) placeOf(c *conversations.Conversation, now time.Time) (Place, error) {
	r.mu.Lock()
	s := r.seen
	r.mu.Unlock()
	if s.at.IsZero() || now.Sub(s.at).Abs() >= placesLast {
		list, err := r.queuePlaces(now)
		if err != nil {
			return Place{}, err
		}
		s = seen{now, make(map[string]Place, len(list))}
		for _, p := range list {
			s.places[p.Conversation.ID] = p
		}
		r.mu.Lock()
		r.seen = s
		r.mu.Unlock()
	}
	return s.places[c.ID], nil // zero: it waits no longer
}

func (r *counter) forgetPlaces() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = seen{}
}

// tellPlaces tells those whose place in the queue, or whose wait, is another
// than it told them last. Newcomers count, although they know their first place
// from joining: it may have changed since, and nobody would tell them. It reads
// the queue anew: who has just been given to somebody is not to be told a place.
func (r *counter) tellPlaces(now time.Time) error {
	if next := r.placed.Add(tellPlacesEvery); now.Before(next) {
		r.by(next)
		return nil
	}
	places, err := r.queuePlaces(now)
	if err != nil {
		return err
	}
	r.placed = now
	if len(places) > 0 {
		r.by(now.Add(tellPlacesEvery))
	}
	moved := r.moves(places)
	if len(moved) == 0 {
		return nil
	}
	if err := r.moved.Trigger(&PlacesEvent{App: r.app, Places: moved}); err != nil {
		slog.Error("telling places in the queue", "error", err)
	}
	return nil
}

// toldPlace is what somebody was told of their place.
type toldPlace struct {
	place int
	wait  time.Duration
}

// moves are those of places that are news, and remembers them as told.
func (r *counter) moves(places []Place) (news []Place) {
	r.mu.Lock()
	defer r.mu.Unlock()
	told := make(map[string]toldPlace, len(places))
	for _, p := range places {
		was, known := r.places[p.Conversation.ID]
		if !known || was.place != p.Place || differ(was.wait, p.Wait) {
			was = toldPlace{p.Place, p.Wait}
			news = append(news, p)
		}
		told[p.Conversation.ID] = was
	}
	r.places = told
	return news
}

// queuePlaces are the places of all that waits, in the order of the queue.
func (r *counter) queuePlaces(now time.Time) ([]Place, error) {
	queue, err := conversations.InQueue(r.app)
	if err != nil || len(queue) == 0 {
		return nil, err
	}
	if err = r.judge(now); err != nil {
		return nil, err
	}
	s, err := r.snapshot(now, queue)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	took := r.took // replaced, never changed
	r.mu.Unlock()
	waits := s.Waits(took)
	places, ahead := make([]Place, len(queue)), map[string]int{}
	for i, c := range queue {
		ahead[c.Group]++
		places[i] = Place{Conversation: c, Place: ahead[c.Group], Wait: waits[c.ID]}
	}
	return places, nil
}

// judge looks now and then how long conversations take.
func (r *counter) judge(now time.Time) error {
	r.mu.Lock()
	fresh := now.Before(r.judged.Add(judgeEvery)) && !now.Before(r.judged)
	r.mu.Unlock()
	if fresh {
		return nil
	}
	handled, err := conversations.Handled(r.app, now.Add(-judgeOver), judgeBy)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.took, r.judged = medians(handled), now
	return nil
}
