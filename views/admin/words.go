package admin

func longest(m Front) string {
	if m.Longest == "" {
		return ""
	}
	return " · " + m.T("admin.front_longest", "Wait", m.Longest)
}

func onBreak(m Front) string {
	if m.OnBreak == 0 {
		return ""
	}
	return " · " + m.T("admin.front_on_break", "Count", m.OnBreak)
}

func tone(t Todo) string {
	if t.Bad {
		return "r"
	}
	return "b"
}
