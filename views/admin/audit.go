// Package admin holds the pages of the admin console that belong to no feature.
package admin

import (
	"github.com/dianxiaoer/xiaoer/views/layout"
	"github.com/dianxiaoer/xiaoer/views/ui"
)

// Audit is the page of the audit trail.
type Audit struct {
	layout.Admin
	List      ui.List
	Filters   []ui.Filter
	Rows      []AuditRow
	Integrity Integrity
	Export    string // where the list is sent from as a file, "" for who may not
	Older     string // address of what comes after the last row, "" at the end
	Newest    string // address of the first page, "" on it
	Short     bool   // there may be more that matches, further back
}

// AuditRow is one entry as a sentence.
type AuditRow struct {
	Seq, Time  string
	Who, WhoID string
	Kind       string // what sort of somebody it is, where it is nobody of the staff
	Address    string
	Act        string // with what it was done to
	Object     string // address of all that was done to it
	Changes    []AuditChange
	Reason     string
	Grave      bool
}

// AuditChange is a field before and after, or what is said instead of values.
type AuditChange struct {
	Label, Before, After, Note string
	Listed                     bool // of a list: what is gone and what has come
}

// Integrity is how whole the trail is.
type Integrity struct {
	Count       string
	Checked, By string // when and by whom it was verified last, "" for never
	Faulty      bool   // and not all was well
	Faults      []string
	Accepted    []string
}

func checked(m Audit) string {
	switch {
	case len(m.Integrity.Faults) > 0:
		return m.T("audit.faults", "Count", len(m.Integrity.Faults), "Time", m.Integrity.Checked)
	case m.Integrity.Checked == "":
		return m.T("audit.never_checked")
	case m.Integrity.Faulty:
		return m.T("audit.checked_faulty", "Time", m.Integrity.Checked, "Who", m.Integrity.By)
	default:
		return m.T("audit.checked", "Time", m.Integrity.Checked, "Who", m.Integrity.By)
	}
}
