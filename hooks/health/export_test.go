package health

import (
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/mail"
	"github.com/dianxiaoer/xiaoer/hooks/queries"
	"github.com/dianxiaoer/xiaoer/views/health"
	"github.com/dianxiaoer/xiaoer/views/locale"
)

// Exam looks at one thing after the other at one moment.
type Exam struct{ x exam }

func ExamOf(app core.App, lang string, now time.Time) Exam {
	return Exam{exam{app: app, say: locale.In(lang), now: now}}
}

func (e Exam) Room(free, all uint64, daily int64) health.Check { return e.x.room(free, all, daily) }
func (e Exam) Backup() health.Check                            { return e.x.backup() }
func (e Exam) Mail() health.Check                              { return e.x.mail() }
func (e Exam) Letters(last mail.Last) health.Check             { return e.x.letters(last) }
func (e Exam) Robots() health.Check                            { return e.x.robots() }
func (e Exam) Database() health.Check                          { return e.x.writing() }
func (e Exam) Slow(list []queries.Noted, total int) health.Check {
	return e.x.slow(list, total)
}
