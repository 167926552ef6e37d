// Package chatcore proves the chat core (static/js/lib/core.js) on a network
// worse than any real one.
//
// The scripts in sim play seeds in virtual time: a model of the server with the
// protocol's promises, a network that delays, drops, doubles and cuts, and
// people who write and reload. They run in Chromium, because what the core is
// worth there is what counts, and in Node for whoever works on it:
//
//	import { run } from "./sim/run.js";  (await run(1, { Core, Timeline })).faults
//
// sim/live.js plays the same people in real time on the real server, with a
// [Proxy] between that cuts their connections.
package chatcore

import (
	"embed"
	"net/http"

	"github.com/dianxiaoer/xiaoer/static"
)

//go:embed sim
var files embed.FS

const page = `<!doctype html><title>chat core</title><script type="module" src="/sim/page.js"></script>`

// Handler serves a page whose globals play(from, to, wrong) and live(seed, at)
// run the simulation and the people of one seed.
func Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /static/", static.Handler())
	mux.Handle("GET /sim/", http.FileServerFS(files))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(page)) // the browser may have gone
	})
	return mux
}
