package hours

import "time"

// Stretch is working time without a break, From inclusive, To exclusive.
type Stretch struct{ From, To time.Time }

// Stretches lists the working time of [from, to) in its order, each stretch as
// long as it is, also where it begins before from or ends after to; none for a
// week without limits. Spans that overlap or touch are one stretch.
func (w Week) Stretches(from, to time.Time) (list []Stretch) {
	if w.Always() {
		return nil
	}
	for s := range w.around(from, to) {
		if !s.to.After(from) || !s.from.Before(to) {
			continue
		}
		if last := len(list) - 1; last >= 0 && !s.from.After(list[last].To) {
			list[last].To = later(list[last].To, s.to)
			continue
		}
		list = append(list, Stretch{From: s.from, To: s.to})
	}
	return list
}
