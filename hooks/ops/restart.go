package ops

import (
	"os"

	"github.com/pocketbase/pocketbase/core"
)

const keyRestart = "ops.restart"

// Restart ends the program in good order, as SIGTERM does, and starts it again
// in the same process, with the same arguments.
func Restart(app core.App) {
	app.Store().Set(keyRestart, true)
	if self, err := os.FindProcess(os.Getpid()); err == nil {
		_ = self.Signal(os.Interrupt) // where that is not to be had, the owner starts it again
	}
}

func wantsRestart(app core.App) bool {
	wanted, _ := app.Store().Get(keyRestart).(bool)
	return wanted
}
