package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
)

// spread is how long something took, in ms.
type spread struct {
	P50  float64 `json:"p50"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p999"`
}

// figures are what a measurement says.
type figures struct {
	Sent      int            `json:"sent"`
	Acked     int            `json:"acked"`
	Arrived   int            `json:"delivered"`
	Codes     map[string]int `json:"not_taken,omitempty"` // why, and how many
	AckRate   float64        `json:"acks_per_second"`
	Rate      float64        `json:"acked_and_delivered_per_second"`
	Ack       spread         `json:"send_to_ack_ms"`
	Delivered spread         `json:"send_to_delivered_ms"`
	CPU       float64        `json:"server_cpu_ms_per_message"`
}

// reading is how long the console waits for what it shows.
type reading struct {
	List   spread `json:"list_ms"`
	Thread spread `json:"thread_ms"`
}

type round struct {
	paced, flood figures
	reads        reading
}

// result is what is known of a server in the end: medians over the rounds.
type result struct {
	Name          string  `json:"server"`
	Start         float64 `json:"start_to_first_answer_ms,omitempty"`
	Idle          int64   `json:"idle_bytes,omitempty"`
	Visitors      int     `json:"idle_visitors,omitempty"`
	Full          int64   `json:"bytes_with_idle_visitors,omitempty"`
	PerConnection int64   `json:"bytes_per_idle_visitor,omitempty"`
	Resumed       int     `json:"resumed_after_restart,omitempty"`
	ResumedIn     float64 `json:"resumed_within_seconds,omitempty"`
	Paced         figures `json:"a_word_a_second"`
	Flood         figures `json:"as_fast_as_it_goes"`
	Reads         reading `json:"console"`
	Most          int     `json:"visitors_carried,omitempty"` // at p99 < 100 ms

	rounds []round
}

type report struct {
	Machine       string    `json:"machine"`
	Rounds        int       `json:"rounds"`
	Conversations int       `json:"conversations"`
	Servers       []*result `json:"servers"`
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

func (r *result) summarize() {
	if len(r.rounds) == 0 {
		return
	}
	of := func(pick func(round) float64) float64 {
		list := make([]float64, len(r.rounds))
		for i, one := range r.rounds {
			list[i] = pick(one)
		}
		return median(list)
	}
	spreadOf := func(pick func(round) spread) spread {
		return spread{
			of(func(o round) float64 { return pick(o).P50 }), of(func(o round) float64 { return pick(o).P99 }), of(func(o round) float64 { return pick(o).P999 }),
		}
	}
	figuresOf := func(pick func(round) figures) figures {
		f := figures{
			AckRate: of(func(o round) float64 { return pick(o).AckRate }), Rate: of(func(o round) float64 { return pick(o).Rate }),
			Ack: spreadOf(func(o round) spread { return pick(o).Ack }), Delivered: spreadOf(func(o round) spread { return pick(o).Delivered }),
			CPU: of(func(o round) float64 { return pick(o).CPU }), Codes: map[string]int{},
		}
		for _, one := range r.rounds { // all of them: what is lost once is lost
			g := pick(one)
			f.Sent, f.Acked, f.Arrived = f.Sent+g.Sent, f.Acked+g.Acked, f.Arrived+g.Arrived
			for code, n := range g.Codes {
				f.Codes[code] += n
			}
		}
		return f
	}
	r.Paced, r.Flood = figuresOf(func(o round) figures { return o.paced }), figuresOf(func(o round) figures { return o.flood })
	r.Reads = reading{spreadOf(func(o round) spread { return o.reads.List }), spreadOf(func(o round) spread { return o.reads.Thread })}
}

func (r *report) json(w io.Writer) error {
	r.Machine = machine()
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

func machine() string {
	return fmt.Sprintf("%s/%s, %d processors", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
}

// table prints a line for each figure and a column for each server.
func (r *report) table(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name string, show func(*result) string) {
		cells := append(make([]string, 0, 1+len(r.Servers)), name)
		for _, s := range r.Servers {
			cells = append(cells, show(s))
		}
		_, _ = fmt.Fprintln(t, strings.Join(cells, "\t"))
	}
	line(machine(), func(s *result) string { return s.Name })
	line("start to first answer", func(s *result) string { return known(s.Start, "%.0f ms") })
	line("memory, idle", func(s *result) string { return known(float64(s.Idle)/(1<<20), "%.0f MB") })
	line("memory with idle visitors", func(s *result) string {
		return known(float64(s.Full)/(1<<20), "%.0f MB") + known(float64(s.Visitors), " (%.0f)")
	})
	line("memory of an idle visitor", func(s *result) string { return known(float64(s.PerConnection)/(1<<10), "%.1f KB") })
	line("all back after a restart", func(s *result) string {
		return known(s.ResumedIn, "%.1f s") + known(float64(s.Resumed), " (%.0f)")
	})
	for _, part := range []struct {
		name string
		pick func(*result) figures
	}{
		{fmt.Sprintf("%d conversations, a word a second in each", r.Conversations), func(s *result) figures { return s.Paced }},
		{fmt.Sprintf("%d in flight, as fast as it goes", r.Conversations), func(s *result) figures { return s.Flood }},
	} {
		line(part.name, func(*result) string { return "" })
		line("  acks a second", func(s *result) string { return known(part.pick(s).AckRate, "%.0f") })
		line("  acked and delivered a second", func(s *result) string { return known(part.pick(s).Rate, "%.0f") })
		line("  send to ack, p50 p99 p99.9", func(s *result) string { return part.pick(s).Ack.String() })
		line("  send to delivered, p50 p99 p99.9", func(s *result) string { return part.pick(s).Delivered.String() })
		line("  server's CPU a message", func(s *result) string { return known(part.pick(s).CPU, "%.3f ms") })
		line("  not acked, not delivered", func(s *result) string {
			f := part.pick(s)
			return fmt.Sprintf("%d, %d", f.Sent-f.Acked, f.Sent-f.Arrived)
		})
	}
	line("console: list, p50 p99 p99.9", func(s *result) string { return s.Reads.List.String() })
	line("console: thread, p50 p99 p99.9", func(s *result) string { return s.Reads.Thread.String() })
	line("visitors at p99 < 100 ms, a word a second", func(s *result) string { return known(float64(s.Most), "%.0f") })
	return t.Flush()
}

// known is a figure, or nothing where it was not measured.
func known(v float64, format string) string {
	if v == 0 {
		return ""
	}
	return fmt.Sprintf(format, v)
}

func (s spread) String() string {
	if s.P50 == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f %.2f %.2f ms", s.P50, s.P99, s.P999)
}
