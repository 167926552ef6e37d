package sheets

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	utf16 "golang.org/x/text/encoding/unicode"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

func read(t testing.TB, raw []byte) *Table {
	t.Helper()
	table, err := Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestWhateverAProgramSavesIsRead(t *testing.T) {
	t.Parallel()
	const text = "快捷码, 内容（必填）\r\nhi,\"您好，\n请问\"\r\n\r\n,,\r\nbye,\"再\"\"见\"\"\"\r\n"
	encoded := func(e encoding.Encoding, text string) []byte {
		raw, err := e.NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	for name, raw := range map[string][]byte{
		"UTF-8":                []byte(text),
		"UTF-8 with mark":      []byte(mark + text),
		"UTF-16LE":             encoded(utf16.UTF16(utf16.LittleEndian, utf16.UseBOM), text),
		"UTF-16BE":             encoded(utf16.UTF16(utf16.BigEndian, utf16.UseBOM), text),
		"UTF-16LE, no mark":    encoded(utf16.UTF16(utf16.LittleEndian, utf16.IgnoreBOM), text),
		"UTF-16BE, no mark":    encoded(utf16.UTF16(utf16.BigEndian, utf16.IgnoreBOM), text),
		"GB18030":              encoded(simplifiedchinese.GB18030, text),
		"semicolons":           []byte(strings.NewReplacer(", ", ";", "hi,", "hi;", ",,", ";;", "bye,", "bye;").Replace(text)),
		"tabs, as Excel saves": encoded(utf16.UTF16(utf16.LittleEndian, utf16.UseBOM), strings.NewReplacer(", ", "\t", "hi,", "hi\t", ",,", "\t\t", "bye,", "bye\t").Replace(text)),
		"lines ended by LF":    []byte(strings.ReplaceAll(text, "\r\n", "\n")),
	} {
		table := read(t, raw)
		code, body := table.Column("快捷码", "code"), table.Column("Text", "内容")
		if len(table.Rows) != 2 || code != 0 || body != 1 {
			t.Errorf("%s: %d rows, columns %d and %d: %q", name, len(table.Rows), code, body, table.Head)
			continue
		}
		first, last := table.Rows[0], table.Rows[1]
		if first.Cell(code) != "hi" || first.Cell(body) != "您好，\n请问" || last.Cell(body) != `再"见"` || first.Line != 2 || last.Line != 6 {
			t.Errorf("%s: %q at %d, %q at %d", name, first.Cells, first.Line, last.Cells, last.Line)
		}
		if first.Cell(-1) != "" || first.Cell(9) != "" || table.Column("none") != -1 {
			t.Errorf("%s: a column that is not there", name)
		}
	}
}

func TestWhatCannotBeReadIsSaid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		raw  string
		kind fail.Kind
	}{
		"nothing":         {"", fail.Invalid},
		"empty lines":     {"\n ,\n", fail.Invalid},
		"a broken quote":  {"a,b\n\"x\"y,z\n", fail.Invalid},
		"no text":         {"a,b\n\xff\xff\xff,x\n", fail.Invalid},
		"too large":       {strings.Repeat("a", MaxBytes+1), fail.TooLarge},
		"too many rows":   {"a\n" + strings.Repeat("x\n", MaxRows+1), fail.TooLarge},
		"too many cells":  {"a\n" + strings.Repeat("x,", maxCells+1), fail.Invalid},
		"a picture's PNG": {"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", fail.Invalid},
	} {
		_, err := Read(strings.NewReader(c.raw))
		if f := fail.Of(err); f.Kind != c.kind || f.Field != "file" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

var hostile = []string{
	"", "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1", `=cmd|' /C calc'!A0`, `"=1"`, "'=1", "''=1", "' =1", " =1", "　=1", "%0", "|x",
	"it's", "'quoted'", "a,b;c\td", "line\nbreak", "\x00", "您好", strings.Repeat("长", 5000), "\u202e=1", "<script>",
}

// C36. No cell begins as a formula does, and all of them read back as they were,
// but for what a CSV cannot hold: NUL and CR.
func TestExportsAreSafeAndReadBack(t *testing.T) {
	t.Parallel()
	for _, cell := range hostile {
		roundTrip(t, cell)
	}
}

func roundTrip(t testing.TB, cell string) {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, [][]string{{"head", "more"}, {cell, "x"}}); err != nil {
		t.Fatal(err)
	}
	raw, ok := strings.CutPrefix(out.String(), mark)
	if !ok {
		t.Fatal("without its mark Excel reads Chinese wrongly")
	}
	lines, err := csv.NewReader(strings.NewReader(raw)).ReadAll()
	if err != nil || len(lines) != 2 {
		t.Fatalf("%q is not RFC 4180: %q, %v", cell, lines, err)
	}
	if seen := strings.TrimLeft(lines[1][0], " \u00a0\u3000\""); seen != "" && strings.ContainsAny(seen[:1], "=+-@\t\r\n") || strings.HasPrefix(seen, "＝") {
		t.Errorf("%q is exported as a formula: %q", cell, lines[1][0])
	}
	table := read(t, out.Bytes())
	want := strings.ReplaceAll(strings.ReplaceAll(strings.ToValidUTF8(cell, "\uFFFD"), "\x00", ""), "\r\n", "\n")
	want = strings.ReplaceAll(want, "\r", "")
	if len(table.Rows) != 1 || table.Rows[0].Cells[0] != want {
		t.Errorf("%q came back as %+v", cell, table.Rows)
	}
}

func FuzzRead(f *testing.F) {
	for _, cell := range hostile {
		f.Add([]byte("a,b\n" + cell + ",x\n"))
	}
	f.Add([]byte("\xff\xfea\x00"))
	f.Add([]byte("\"a\nb\";c"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		table, err := Read(bytes.NewReader(raw))
		if err != nil {
			if fail.Of(err).Kind == fail.Internal {
				t.Fatal(err)
			}
			return
		}
		if len(table.Head) == 0 || slices.ContainsFunc(table.Rows, func(r Row) bool { return r.Line < 1 || len(r.Cells) == 0 }) {
			t.Fatalf("%+v", table)
		}
	})
}

// C36. Whatever a cell holds, it is no formula and reads back as it was.
func FuzzRoundTrip(f *testing.F) {
	for _, cell := range hostile {
		f.Add(cell)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		if strings.Contains(cell, "\r") || strings.Contains(cell, "\x00") || strings.Contains(cell, "\ufeff") {
			t.Skip()
		}
		roundTrip(t, cell)
	})
}
