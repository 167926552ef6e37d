// Package sheets reads and writes lists as spreadsheet programs exchange them:
// CSV with a line of headings.
//
// Reading is generous. The text may be UTF-8, UTF-16 or GB18030 (what Excel in
// China saves), its separator a comma, a semicolon or a tab, and a column may be
// called by any of its names. Writing is strict: UTF-8 with its mark, so that
// Excel reads it right, RFC 4180, and no cell that a spreadsheet would take for a
// formula. What was written reads back as it was.
//
// The package knows no feature: what the columns mean is for its callers.
package sheets

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	utf16 "golang.org/x/text/encoding/unicode"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// The most that one list may hold.
const (
	MaxBytes = 2 << 20
	MaxRows  = 5000
	maxCells = 100 // in a row
)

const mark = "\ufeff" // begins a UTF-8 file, for Excel

// Table is a list as it was read.
type Table struct {
	Head []string
	Rows []Row // without those that are empty
}

// Row is one line of a list.
type Row struct {
	Line  int // in the file, from 1, for telling people where something is wrong
	Cells []string
}

// Read reads a list. What it cannot read is a [fail.Invalid] on the field "file".
func Read(r io.Reader) (*Table, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > MaxBytes {
		return nil, fail.New(fail.TooLarge, "sheets.too_large", "Most", MaxBytes>>20).On("file")
	}
	text, err := decode(raw)
	if err != nil {
		return nil, fail.New(fail.Invalid, "sheets.encoding").On("file").Because(err)
	}
	return parse(text)
}

func parse(text string) (*Table, error) {
	lines := csv.NewReader(strings.NewReader(text))
	lines.Comma, lines.FieldsPerRecord, lines.ReuseRecord = separator(text), -1, false
	t := &Table{}
	for {
		cells, err := lines.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if bad, ok := errors.AsType[*csv.ParseError](err); ok {
			return nil, fail.New(fail.Invalid, "sheets.line", "Line", bad.StartLine).On("file").Because(err)
		}
		if err != nil {
			return nil, err
		}
		line, _ := lines.FieldPos(0)
		if err := t.add(line, cells); err != nil {
			return nil, err
		}
	}
	if t.Head == nil {
		return nil, fail.New(fail.Invalid, "sheets.empty").On("file")
	}
	return t, nil
}

func (t *Table) add(line int, cells []string) error {
	empty := true
	for i, cell := range cells {
		cells[i] = plain(strings.ToValidUTF8(strings.ReplaceAll(cell, "\x00", ""), "\uFFFD"))
		empty = empty && strings.TrimSpace(cells[i]) == ""
	}
	switch {
	case empty:
	case len(cells) > maxCells:
		return fail.New(fail.Invalid, "sheets.line", "Line", line).On("file")
	case t.Head == nil:
		t.Head = cells
	case len(t.Rows) == MaxRows:
		return fail.New(fail.TooLarge, "sheets.too_many", "Most", MaxRows).On("file")
	default:
		t.Rows = append(t.Rows, Row{Line: line, Cells: cells})
	}
	return nil
}

// Column is the place of the column that has one of the names, whatever their
// case, spaces and brackets; -1 where none has.
func (t *Table) Column(names ...string) int {
	for i, head := range t.Head {
		for _, name := range names {
			if heading(head) == heading(name) {
				return i
			}
		}
	}
	return -1
}

// heading is a heading without what people add to it: spaces, marks, and what
// stands in brackets.
func heading(text string) string {
	text, _, _ = strings.Cut(text, "(")
	text, _, _ = strings.Cut(text, "（")
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("*_-:：", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, text)
}

// Cell is the row's text in a column, without spaces around it; "" where the row
// is shorter or there is no such column (-1).
func (r Row) Cell(column int) string {
	if column < 0 || column >= len(r.Cells) {
		return ""
	}
	return strings.TrimSpace(r.Cells[column])
}

// Write writes rows, the headings first.
func Write(to io.Writer, rows [][]string) error {
	w, err := NewWriter(to)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err := w.Row(row...); err != nil {
			return err
		}
	}
	return w.Flush()
}

// Writer writes a list row by row, one that is too long to hold.
type Writer struct{ out *csv.Writer }

// NewWriter begins a list.
func NewWriter(to io.Writer) (*Writer, error) {
	if _, err := io.WriteString(to, mark); err != nil {
		return nil, err
	}
	w := &Writer{csv.NewWriter(to)}
	w.out.UseCRLF = true
	return w, nil
}

// Row writes one row, the first of which is the headings.
func (w *Writer) Row(cells ...string) error {
	safe := make([]string, len(cells))
	for i, cell := range cells {
		safe[i] = Safe(strings.ReplaceAll(cell, "\r", "")) // which a writer of CSV drops anyway, but only after a ' was put before it
	}
	return w.out.Write(safe)
}

// Flush sends what is written so far.
func (w *Writer) Flush() error {
	w.out.Flush()
	return w.out.Error()
}

// formula are the characters that begin one, or that a spreadsheet skips before
// it looks; full-width forms become ordinary ones in some of them.
const formula = "=+-@\t\r\n\v\f＝＋－＠﹢﹣﹦﹫|%"

// Safe is a cell that no spreadsheet takes for a formula: one that could be has
// a ' before it, and so has one that would then look like that.
func Safe(cell string) string {
	if guarded(cell) {
		return "'" + cell
	}
	return cell
}

// plain takes away what [Safe] has added.
func plain(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && guarded(rest) {
		return rest
	}
	return cell
}

// guarded reports whether a cell needs a ' before it.
func guarded(cell string) bool {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(cell, "'\" \u00a0\u3000"))
	return first != utf8.RuneError && strings.ContainsRune(formula, first)
}

// decode finds out how the text is written, and reads it.
func decode(raw []byte) (string, error) {
	switch {
	case bytes.HasPrefix(raw, []byte(mark)):
		return string(raw[len(mark):]), nil
	case bytes.HasPrefix(raw, []byte{0xff, 0xfe}), bytes.HasPrefix(raw, []byte{0xfe, 0xff}):
		return all(utf16.UTF16(utf16.LittleEndian, utf16.UseBOM), raw)
	case halfEmpty(raw, 1):
		return all(utf16.UTF16(utf16.LittleEndian, utf16.IgnoreBOM), raw)
	case halfEmpty(raw, 0):
		return all(utf16.UTF16(utf16.BigEndian, utf16.IgnoreBOM), raw)
	case utf8.Valid(raw):
		return string(raw), nil
	default:
		text, err := all(simplifiedchinese.GB18030, raw)
		if err == nil && strings.ContainsAny(text, "\x00\uFFFD") {
			err = errors.New("neither UTF-8 nor GB18030")
		}
		return text, err
	}
}

func all(e encoding.Encoding, raw []byte) (string, error) {
	text, err := e.NewDecoder().Bytes(raw)
	return string(text), err
}

// halfEmpty reports whether every other byte near the beginning is mostly zero,
// as in UTF-16 without its mark: separators and line ends are.
func halfEmpty(raw []byte, odd int) bool {
	zeros, others := 0, 0
	for i := range min(len(raw), 1000) {
		if raw[i] != 0 {
			continue
		}
		if i%2 == odd {
			zeros++
		} else {
			others++
		}
	}
	return zeros > 0 && others == 0 && len(raw)%2 == 0
}

// separator is what stands most often between the headings.
func separator(text string) rune {
	line, _, _ := strings.Cut(strings.TrimLeft(text, "\r\n"), "\n")
	best := ','
	for _, r := range []rune{';', '\t', '；', '，'} {
		if strings.Count(line, string(r)) > strings.Count(line, string(best)) {
			best = r
		}
	}
	return best
}
