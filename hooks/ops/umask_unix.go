//go:build unix

package ops

import "syscall"

// ownerOnly keeps what the program creates from other users of the machine:
// the data folder holds what customers said and the keys that let people in.
// The databases' side files and backups are made elsewhere, with modes of their
// own choosing; the mask holds for all of them.
func ownerOnly() { syscall.Umask(0o077) }
