//go:build race

package routing_test

// raced tells that the race detector makes everything many times slower.
const raced = true
