package live

// CloseCode tells a client why the server hung up, and so what to do next.
type CloseCode int

// The protocol's close codes.
const (
	Normal       CloseCode = 1000
	NotText      CloseCode = 1003 // a binary frame
	NotUTF8      CloseCode = 1007
	TooBig       CloseCode = 1009 // over FrameLimit
	Restart      CloseCode = 1012 // come back after a random 0–5 s
	Malformed    CloseCode = 4400 // report a bug, do not loop
	Unauthorized CloseCode = 4401 // sign in
	Origin       CloseCode = 4403 // stop
	Slow         CloseCode = 4408 // come back after a growing pause, and resume
	Elsewhere    CloseCode = 4409 // this sub-account signed in elsewhere
	Flooding     CloseCode = 4429 // wait the seconds named in the reason
)
