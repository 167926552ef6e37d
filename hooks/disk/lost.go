package disk

import (
	"errors"
	"io/fs"
	"syscall"
)

// Lost reports whether err, of opening or reading a file, means that this one file
// cannot be had: it is not there, or its disk or its rights do not give it out. A
// program that has no more handles has lost nothing.
func Lost(err error) bool {
	of, ofOne := errors.AsType[*fs.PathError](err)
	return ofOne && of.Op != "write" && !errors.Is(err, syscall.EMFILE) && !errors.Is(err, syscall.ENFILE) && !errors.Is(err, syscall.ENOMEM)
}
