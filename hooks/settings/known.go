package settings

import (
	"time"

	"github.com/pocketbase/pocketbase/core"

	"github.com/dianxiaoer/xiaoer/views/locale"
)

// Shop is what the shop is called and how it looks.
type Shop struct {
	Name     string `json:"name"`
	Colour   string `json:"colour"`   // #rrggbb, the visitor side's brand colour
	Language string `json:"language"` // of people who have not said theirs
	BaseURL  string `json:"base_url"` // the public address, without a slash at the end; empty: the request's own
	Zone     string `json:"zone"`     // IANA name of the time zone of hours and of times on pages; empty: hours.DefaultZone
}

// DefaultColour is the brand colour of a shop that has chosen none.
const DefaultColour = "#2f5ae0"

// ShopOf returns the shop, with defaults before it was set up.
func ShopOf(app core.App) Shop {
	return Load(app, "shop", Shop{Name: "小二", Colour: DefaultColour, Language: locale.Default})
}

// SaveShop keeps shop.
func SaveShop(app core.App, shop Shop) error { return Save(app, "shop", shop) }

// Limits is how much one visitor, address or member of staff may do. The defaults
// are those of the protocol.
type Limits struct {
	VisitorSends      int           `json:"visitor_sends"`
	VisitorSendWindow time.Duration `json:"visitor_send_window"` // nanoseconds
	Uploads           int           `json:"uploads"`
	UploadWindow      time.Duration `json:"upload_window"`
	UploadBytesDay    int64         `json:"upload_bytes_day"`
	NewVisitors       int           `json:"new_visitors"`
	NewVisitorWindow  time.Duration `json:"new_visitor_window"`
	VisitorSockets    int           `json:"visitor_sockets"` // at once, an address
	Reveals           int           `json:"reveals"`         // personal data in full, a member of staff
	RevealWindow      time.Duration `json:"reveal_window"`
}

// StandardLimits are those of the protocol, in force where the owner has set
// no others.
func StandardLimits() Limits {
	return Limits{
		VisitorSends: 20, VisitorSendWindow: 10 * time.Second,
		Uploads: 20, UploadWindow: 10 * time.Minute, UploadBytesDay: 200 << 20,
		NewVisitors: 60, NewVisitorWindow: time.Minute, VisitorSockets: 100,
		Reveals: 60, RevealWindow: time.Hour,
	}
}

// LimitsOf returns the limits in force.
func LimitsOf(app core.App) Limits { return Load(app, "limits", StandardLimits()) }

// SaveLimits keeps limits, which are in force within a second.
func SaveLimits(app core.App, l Limits) error { return Save(app, "limits", l) }

// Dashboard is whether PocketBase's own dashboard is there. From which addresses
// it may be used is PocketBase's own setting.
type Dashboard struct {
	Off bool `json:"off"`
}

// DashboardOf returns what the owner has decided about the dashboard: it is on.
func DashboardOf(app core.App) Dashboard { return Load(app, "dashboard", Dashboard{}) }

// SaveDashboard keeps d.
func SaveDashboard(app core.App, d Dashboard) error { return Save(app, "dashboard", d) }
