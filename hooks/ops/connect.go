package ops

import (
	"path/filepath"

	"github.com/pocketbase/dbx"

	_ "modernc.org/sqlite" // the driver that PocketBase is built on
)

// pragmas of every connection. The timeout comes first, because switching to
// WAL may already have to wait for another process. The cache is each
// connection's own, and readers come and go by the dozen: PocketBase's 32 MB
// grew to hundreds once old threads were read, and were no faster than the
// system's cache of the same file. The log is begun anew as where a warm copy is kept,
// see replica.CutAt. What is deleted or written over is wiped out: what a customer has
// erased must not be read in the file.
const pragmas = "?_pragma=busy_timeout(2000)&_pragma=journal_mode(WAL)&_pragma=journal_size_limit(200000000)&_pragma=foreign_keys(ON)" +
	"&_pragma=wal_autocheckpoint(4000)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-2000)&_pragma=secure_delete(ON)&_txlock=immediate"

// Connect opens a database of PocketBase's. What the shop writes is on the disk
// when its commit returns: PocketBase's own NORMAL loses commits in a power
// cut. Its log, in auxiliary.db, may.
func Connect(path string) (*dbx.DB, error) {
	synchronous := "&_pragma=synchronous(FULL)"
	if filepath.Base(path) == "auxiliary.db" {
		synchronous = "&_pragma=synchronous(NORMAL)"
	}
	return keeping(path + pragmas + synchronous)
}
