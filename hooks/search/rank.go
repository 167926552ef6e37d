package search

import (
	"math"
	"slices"

	"github.com/dianxiaoer/xiaoer/hooks/terms"
)

// rankedMost is how many of the newest hits are held against each other.
const rankedMost = 5000

// candidate is a hit that is ranked: by number, with what the formula asks for.
type candidate struct {
	seq    int64
	counts []int
	length int
	score  float64
}

func ranked(seq int64, f terms.Found) candidate {
	return candidate{seq: seq, counts: f.Counts, length: f.Length}
}

// The usual parameters of BM25 (Robertson and Zaragoza 2009): how soon one more
// occurrence counts for less, and how much the length of a text counts.
const (
	k1 = 1.2
	b  = 0.75
)

// rank sorts candidates by BM25, of equal ones the newest first. shares is in
// which part of all texts each term is.
func rank(list []candidate, shares []float64) {
	total := 0
	for _, c := range list {
		total += c.length
	}
	average := float64(total) / float64(max(1, len(list)))
	for i, c := range list {
		for j, n := range c.counts {
			weight := math.Log(1 + (1-shares[j]+1e-9)/(shares[j]+1e-9))
			list[i].score += weight * float64(n) * (k1 + 1) / (float64(n) + k1*(1-b+b*float64(c.length)/average))
		}
	}
	slices.SortStableFunc(list, func(one, other candidate) int {
		switch {
		case one.score > other.score:
			return -1
		case one.score < other.score:
			return 1
		}
		return int(other.seq - one.seq)
	})
}
