package quickreplies

import (
	"regexp"
	"slices"
)

// Variables are what stands in braces in a text and is filled in when it is sent;
// the console does that (static/js/console/slash.js), which knows the older short
// names as well.
var Variables = []string{"客户昵称", "订单号", "客服昵称", "店铺名"}

var known = append([]string{"昵称", "客服", "name", "agent"}, Variables...)

var inBraces = regexp.MustCompile(`\{([^{}\s]{1,12})\}`)

// Unknown lists what a text has in braces that nobody will fill in: it stays as
// it stands, for the agent to write over.
func Unknown(text string) []string {
	var list []string
	for _, found := range inBraces.FindAllStringSubmatch(text, -1) {
		if name := found[1]; !slices.Contains(known, name) && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}
