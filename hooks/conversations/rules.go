package conversations

import (
	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/hooks/fail"
)

// refuseRecords keeps the log whole: its rows are written by the timeline's
// writer alone.
func refuseRecords(*core.RecordEvent) error {
	return fail.New(fail.Forbidden, "conversations.log_only")
}
