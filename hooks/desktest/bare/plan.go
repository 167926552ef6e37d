package bare

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// grows are the tables that have no bound: a shop keeps them for years.
const grows = "messages|conversations|audit"

// small are the indexes that hold few rows however large their table grows, so
// that walking one of them whole is no scan.
var small = []string{
	"ux_conversations_unclosed", // those being served now
}

var (
	// scan is a line of EXPLAIN QUERY PLAN without a constraint. With USING INDEX
	// it walks the whole index instead of the whole table, which is no better.
	scan  = regexp.MustCompile(`^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?`)
	named = regexp.MustCompile("(?i)(?:\\b(?:FROM|JOIN|UPDATE|INTO)|,)\\s*[`\"\\[]?(?:main\\.)?(" + grows + ")[`\"\\]]?(?:\\s+AS)?(?:\\s+[`\"\\[]?(\\w+))?")
)

// faults says which statements of this desk read a whole table that grows.
func (s *statements) faults() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var faults []string
	for text, args := range s.args {
		if line := explained(text, args); line != "" {
			faults = append(faults, fmt.Sprintf("reads a whole table: %s\n\t%s\n\tbound it by an index, such as seq > ?", line, text))
		}
	}
	slices.Sort(faults)
	return faults
}

// verdicts holds the fault of each text explained so far, over all desks of
// this test binary.
var verdicts = struct {
	sync.Mutex
	line map[string]string
}{line: map[string]string{}}

func explained(text string, args []driver.NamedValue) string {
	if !named.MatchString(text) {
		return ""
	}
	verdicts.Lock()
	defer verdicts.Unlock()
	line, known := verdicts.line[text]
	if !known {
		lines, err := plan(text, args)
		if err != nil {
			line = "cannot be explained: " + err.Error()
		} else {
			line = fault(text, lines)
		}
		verdicts.line[text] = line
	}
	return line
}

// fault is the first line of a plan that walks a table that grows, or "".
func fault(text string, plan []string) string {
	tables := named.FindAllStringSubmatch(text, -1)
	names := make([]string, 0, 2*len(tables)) // with their aliases
	for _, found := range tables {
		names = append(names, strings.ToLower(found[1]), strings.ToLower(found[2]))
	}
	for _, line := range plan {
		found := scan.FindStringSubmatch(line)
		if found != nil && slices.Contains(names, strings.ToLower(found[1])) && !slices.Contains(small, found[2]) {
			return line
		}
	}
	return ""
}

// explainer is the migrated schema in memory. A desk's own database is closed
// by the time that its statements are explained, and has the same schema.
var explainer = sync.OnceValues(func() (*sql.DB, error) {
	files, err := migrated()
	if err != nil {
		return nil, err
	}
	image := slices.Clone(files["data.db"])
	image[18], image[19] = 1, 1 // the header's "write-ahead log", which memory cannot have
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	db.SetMaxOpenConns(1) // another connection would be another memory
	held, err := db.Conn(context.Background())
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = held.Close() }()
	return db, held.Raw(func(c any) error { return c.(interface{ Deserialize(image []byte) error }).Deserialize(image) })
})

func plan(text string, args []driver.NamedValue) ([]string, error) {
	db, err := explainer()
	if err != nil {
		return nil, err
	}
	values := make([]any, len(args))
	for i, a := range args {
		values[i] = a.Value
		if a.Name != "" {
			values[i] = sql.Named(a.Name, a.Value)
		}
	}
	rows, err := db.QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+text, values...)
	if err != nil {
		return nil, fmt.Errorf("explain: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var lines []string
	for rows.Next() {
		var id, parent, unused int
		var line string
		if err := rows.Scan(&id, &parent, &unused, &line); err != nil {
			return nil, fmt.Errorf("explain: %w", err)
		}
		lines = append(lines, line)
	}
	return lines, rows.Err()
}
