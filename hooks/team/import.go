package team

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/fail"
	"github.com/dianxiaoer/xiaoer/hooks/sheets"
)

// The most that is imported at once: every password costs a hash of 60 ms.
const (
	mostImported    = 500
	mostImportBytes = 1 << 20
)

// columns of the sheet, by field, each with the headings that
// people write.
var columns = []struct{ field, names string }{
	{fieldNickname, "昵称 客服昵称 nickname"},
	{fieldRealName, "姓名 真实姓名 realname name"},
	{fieldEmail, "邮箱 电子邮箱 邮件 email mail"},
	{fieldPhone, "手机号 手机 电话 联系电话 phone mobile tel"},
	{fieldRole, "角色 岗位 role"},
	{fieldGroups, "客服组 分组 组别 组 groups group"},
	{fieldCap, "接待上限 上限 cap limit"},
	{fieldWeight, "分配权重 权重 weight"},
}

// candidate is a row of the sheet as somebody who could be added.
type candidate struct {
	line   int
	cells  map[string]string // by field, as written
	who    access.Newcomer
	faults map[string]*fail.Error // by field
}

// candidatesOf reads a sheet. Which of its columns are there is for the sheet;
// a nickname must be, and something to sign in with.
func candidatesOf(text string) ([]*candidate, error) {
	if len(text) > mostImportBytes {
		return nil, fail.New(fail.TooLarge, "sheets.too_large", "Most", mostImportBytes>>20).On("file")
	}
	sheet, err := sheets.Read(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for _, c := range columns {
		at[c.field] = sheet.Column(strings.Fields(c.names)...)
	}
	switch {
	case at[fieldNickname] < 0 || at[fieldEmail] < 0 && at[fieldPhone] < 0:
		return nil, fail.New(fail.Invalid, "team.import_columns").On("file")
	case len(sheet.Rows) == 0:
		return nil, fail.New(fail.Invalid, "team.import_empty").On("file")
	case len(sheet.Rows) > mostImported:
		return nil, fail.New(fail.TooLarge, "sheets.too_many", "Most", mostImported).On("file")
	}
	var list []*candidate
	for _, row := range sheet.Rows {
		c := &candidate{line: row.Line, cells: map[string]string{}, faults: map[string]*fail.Error{}}
		for _, column := range columns {
			c.cells[column.field] = row.Cell(at[column.field])
		}
		c.read()
		list = append(list, c)
	}
	return list, nil
}

// read takes the cells for what is said in them. No role is an agent's, no group
// is every one.
func (c *candidate) read() {
	c.who = access.Newcomer{
		Nickname: c.cells[fieldNickname], RealName: c.cells[fieldRealName], Email: c.cells[fieldEmail], Phone: c.cells[fieldPhone], Role: c.cells[fieldRole],
		Groups: words(c.cells[fieldGroups]), MustChange: true,
	}
	if c.who.Role == "" {
		c.who.Role = access.Agent
	}
	c.who.Cap, c.who.Weight = counted(c.cells[fieldCap]), counted(c.cells[fieldWeight])
}

// words are the groups of a cell; nil for none.
func words(cell string) (list []string) {
	for _, word := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune("、,，;；|/", r) }) {
		if word = strings.TrimSpace(word); word != "" {
			list = append(list, word)
		}
	}
	return list
}

// inspect notes what is wrong with each, one of another included.
func inspect(app core.App, by *access.Person, list []*candidate) error {
	first := map[string]int{}
	for _, c := range list {
		c.who.Password = access.FirstPassword()
		faults, err := access.Faults(app, by, c.who)
		if err != nil {
			return err
		}
		for _, f := range faults {
			if _, known := c.faults[f.Field]; !known {
				c.faults[f.Field] = f
			}
		}
		for _, field := range []string{fieldNickname, fieldEmail, fieldPhone} {
			value := strings.ToLower(c.cells[field])
			if value == "" {
				continue
			}
			if line, twice := first[field+value]; twice {
				c.faults[field] = fail.New(fail.Conflict, "team.import_twice", "Line", line).On(field)
			} else {
				first[field+value] = c.line
			}
		}
	}
	return nil
}

// good are those with nothing wrong.
func good(list []*candidate) (rest []*candidate) {
	for _, c := range list {
		if len(c.faults) == 0 {
			rest = append(rest, c)
		}
	}
	return rest
}
