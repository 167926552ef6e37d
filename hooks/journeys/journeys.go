// Package journeys holds the browser tests: people of every role, in headless
// Chromium, with the real program as a process of its own.
//
// Each journey has its own data folder, port and browser profiles; program and
// browser are shared: one is built, the other started once. Nothing waits for a
// time, only for what a page shows. Every frame on every socket is held against
// the protocol's document, and every page of the route table against axe.
//
// Without Chromium the journeys are skipped, and with CI=true they fail for
// that reason. What a page looked like when a journey failed is kept with
// go test -artifacts.
package journeys
