package main

import (
	"encoding/json"
	"math"
	"slices"
	"time"
)

// sample is one operation on one server.
type sample func(i int) (json.RawMessage, time.Duration, error)

// times are the durations of one operation, sorted.
type times []time.Duration

// interleave takes n samples of each by turns, so that whatever else the
// machine does meets all of them alike. A tenth more is run first, uncounted.
func interleave(n int, samples ...sample) ([]times, error) {
	all := make([]times, len(samples))
	for i := range n + n/10 {
		for k, s := range samples {
			_, took, err := s(i)
			if err != nil {
				return nil, err
			}
			if i >= n/10 {
				all[k] = append(all[k], took)
			}
		}
	}
	for _, t := range all {
		slices.Sort(t)
	}
	return all, nil
}

// at is the time that so great a part of the samples does not exceed.
func (t times) at(part float64) time.Duration {
	if len(t) == 0 {
		return 0
	}
	i := int(math.Ceil(part*float64(len(t)))) - 1
	return t[max(i, 0)]
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }
