//go:build !race

package routing_test

const raced = false
