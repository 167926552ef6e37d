//go:build !unix

package ops

func ownerOnly() {}
