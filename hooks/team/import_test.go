package team_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/dianxiaoer/xiaoer/hooks/access"
)

// A sheet as Excel in China saves it, its columns in an order of its own.
func TestASheetIsLookedAtThenImportedAsAWhole(t *testing.T) {
	t.Parallel()
	s := open(t)
	owner := s.as("owner@heye.cn")
	sheet, err := simplifiedchinese.GB18030.NewEncoder().String("手机号;昵称;角色;客服组\r\n13900000001;小一;客服;售前、售后\r\n13900000002;小二;主管;\r\n")
	if err != nil {
		t.Fatal(err)
	}
	status, text := owner.upload("/admin/staff/import", sheet)
	if status != http.StatusOK || !strings.Contains(text, "小二") || !strings.Contains(text, "导入 2 位同事") {
		t.Fatalf("looked at: %d %.2000s", status, text)
	}
	if people, _ := access.Everybody(s.app); len(people) != 2 {
		t.Fatal("imported by looking")
	}
	status, text = owner.post("/admin/staff/import/run", url.Values{"text": {"昵称,手机号,角色,客服组,权重\n小一,13900000001,客服,售前、售后,8\n小二,13900000002,主管,,"}})
	words := shownPassword.FindAllStringSubmatch(text, -1)
	if status != http.StatusOK || len(words) != 2 {
		t.Fatalf("imported: %d, %d cards", status, len(words))
	}
	one, err := access.StaffByIdentity(s.app, "13900000001")
	if err != nil || !one.ValidatePassword(words[0][1]) {
		t.Fatalf("not theirs: %v", err)
	}
	p, err := access.ByID(s.app, one.Id)
	if err != nil || !p.MustChange || len(p.Groups) != 2 || p.Weight != 8 {
		t.Errorf("joined as %+v, %v", p, err)
	}
}

func TestARowThatIsWrongStopsTheSheetUntilItIsLeftOut(t *testing.T) {
	t.Parallel()
	s := open(t)
	owner := s.as("owner@heye.cn")
	text := "昵称,手机号,角色,接待上限,分配权重\n小一,13900000001,客服,5,\n阿安,13900000002,国王,0,11\n小一,,,,\n"
	status, page := owner.post("/admin/staff/import/run", url.Values{"text": {text}})
	for _, fault := range []string{"这个昵称已经有人用了", "没有“国王”这个角色", "接待上限应在", "分配权重应在", "和第 2 行重复", "邮箱和手机号至少填一个"} {
		if !strings.Contains(page, fault) {
			t.Errorf("not said: %s", fault)
		}
	}
	if people, _ := access.Everybody(s.app); status != http.StatusUnprocessableEntity || len(people) != 2 {
		t.Fatalf("imported in part: %d", status)
	}
	status, page = owner.post("/admin/staff/import/run", url.Values{"text": {text}, "only": {"good"}})
	if people, _ := access.Everybody(s.app); status != http.StatusOK || len(people) != 3 || len(shownPassword.FindAllString(page, -1)) != 1 {
		t.Errorf("the good one: %d", status)
	}
}

func TestASheetOfTheWrongShapeIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	owner := s.as("owner@heye.cn")
	for name, text := range map[string]string{
		"nothing":     "",
		"only heads":  "昵称,手机号\n",
		"no nickname": "姓名,手机号\n小一,13900000001\n",
		"no way in":   "昵称,角色\n小一,客服\n",
		"endless":     "昵称,手机号\n" + strings.Repeat("小一,13900000001\n", 501),
		"open quote":  "昵称,手机号\n\"小一,13900000001\n",
		"not a sheet": "\x89PNG\r\n\x1a\n\x00\x00",
	} {
		if status, page := owner.upload("/admin/staff/import", text); status != http.StatusUnprocessableEntity || !strings.Contains(page, "pg-error") {
			t.Errorf("%s: %d", name, status)
		}
	}
}
