// Package faults proves that what the program has acknowledged survives what
// happens to machines: it is killed, frozen and cut off, its disk fails, fills
// up and loses what was not synced.
//
// Each case runs the real program as a process of its own and holds it against
// what clients saw: whatever was acked is there once, under the same id, and
// the database is whole. Cases are numbered as in the project's list of what
// must hold (C01 and on); the table in cases_test.go names the tests of each,
// those that stand beside the code that they are about among them.
//
// A test runs a few rounds of each. The whole size is asked for, a case or all
// of them, and adds up over runs in a file that prints as a table:
//
//	go test ./hooks/faults -run TestKilledUnderLoad -timeout 0 -faults -faults.count 10000 -faults.tally faults.jsonl
//
// The rounds of a run follow from -faults.seed, which is printed; a seed is not
// a recording, since the machine's own timing decides where a kill falls. What
// cannot be run on a machine is told as not run, with the reason.
package faults
