// Package layout holds the shells of pages: what is around their content.
package layout

// Admin is the shell of the admin console: what stands around its pages.
type Admin struct {
	Head
	Area     string // key of the area that is open
	Sections []NavSection
	Me       Me
	Flash    Flash
	Query    string // of the search over everything
}

// NavSection is a heading of the side navigation with what stands under it.
type NavSection struct {
	Title string // "" for those at the top
	Areas []NavArea
}

// NavArea is one entry of the side navigation.
type NavArea struct{ Key, Label, Icon, Path string }

// Me is who is signed in.
type Me struct{ ID, Name, Role, Avatar string }

// Flash says once what was done, with the address that takes it back.
type Flash struct{ Text, Undo string }

// Hit is something that the search over everything has found.
type Hit struct{ Area, Icon, Title, Detail, Path string }

// current is aria-current for the area that is open.
func (m Admin) current(key string) string {
	if key == m.Area {
		return "page"
	}
	return "false"
}

func (m Admin) other() (lang, name string) {
	if m.Lang == "en" {
		return "zh-CN", "简体中文"
	}
	return "en", "English"
}
