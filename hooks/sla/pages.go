package sla

// What the fields of the settings are called.
const (
	fieldWarn  = "warn"
	fieldAfter = "after"
)

func cell(priority, kind string) string { return priority + "_" + kind }
