package backup

import (
	"errors"
	"slices"
	"sync"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/access"
	"github.com/dianxiaoer/xiaoer/hooks/notices"
)

// What may go wrong while nobody looks.
const (
	caseWarm   = "warm"   // the warm copy is behind, or is not kept although it should be
	caseTaken  = "taken"  // another machine keeps it
	caseBackup = "backup" // the night's backup was not made
	caseDamage = "damage" // a backup was made, and has found damage
)

// cases are what is wrong now. Each is told once when it begins and once when it
// is over; a start of the program finds it anew.
type cases struct {
	mu   sync.Mutex
	open []string
}

// see tells those who keep backups, and the robots, where what has begun or ended.
func (c *cases) see(app core.App, what string, wrong bool) error {
	c.mu.Lock()
	known := slices.Contains(c.open, what)
	c.forget(what)
	if wrong {
		c.open = append(c.open, what)
	}
	c.mu.Unlock()
	if known == wrong {
		return nil
	}
	key, level := "backup.case_"+what, notices.Warn
	if !wrong {
		key, level = key+"_over", notices.Info
	}
	people, err := access.People(app)
	if err != nil {
		return err
	}
	n := notices.Notice{Level: level, Code: notices.Backup, Key: key}
	for _, p := range people {
		if p.May(access.BackupsManage) {
			n.To = append(n.To, p.ID)
		}
	}
	return errors.Join(notices.Tell(app, n), notices.Alert(app, notices.Warning{Code: notices.Backup, Key: key}))
}

// drop forgets a case that is nobody's concern any more.
func (c *cases) drop(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget(what)
}

func (c *cases) forget(what string) {
	c.open = slices.DeleteFunc(c.open, func(s string) bool { return s == what })
}
