// Package backup makes copies of the shop, verifies them, and puts them back.
//
// A backup is one zip file: the database as one consistent moment has it, the
// uploads that its rows name, the program's own keys, and a manifest with the
// size and SHA-256 of each and the number of rows of each table. A digest of the
// whole file stands in its last bytes, so that no byte of it can change unseen.
//
// It is taken beside the running desk: VACUUM INTO reads on a connection of its
// own, and files are held by hard links before they are copied, so that nobody
// waits and nothing that is deleted meanwhile is missing.
//
// A restore refuses whatever is damaged, foreign or newer than the program before
// it touches anything. Then it lays everything ready beside the data, marks it as
// ready in one step, and exchanges; whatever ends the program in between, the
// next start finishes the exchange ([Enter]). What was there before is kept in
// a folder until the next restore. The cursors that clients hold are void
// afterwards, because the epoch is renewed (see conversations).
//
// The package knows folders and files. It knows nothing of what the rows mean.
package backup

import "regexp"

// Names within an archive and in the data folder.
const (
	database     = "data.db"
	uploads      = "files"
	manifestName = "manifest.json"
)

var (
	keyFile    = regexp.MustCompile(`^[a-z_-]{1,40}\.(key|anchor)$`)
	uploadFile = regexp.MustCompile(`^files/([0-9a-f]{2})/([0-9a-f]{32})$`)
)

// isOurs reports whether an entry of that name belongs into a backup. Nothing
// else is ever written, so a name cannot lead out of the folder.
func isOurs(name string) bool {
	if name == database || keyFile.MatchString(name) {
		return true
	}
	found := uploadFile.FindStringSubmatch(name)
	return found != nil && found[1] == found[2][:2]
}
