package main

import (
	"fmt"
	"runtime"
)

const (
	tasks     = 1000
	stepWork  = 500
	firstSeed = 88172645463325252
)

// Goroutines that compute for about a microsecond and then let others go on, again and again.
func scaling(size int, _ *clock) {
	if size%tasks != 0 {
		failOn(fmt.Errorf("the size is %d; it must be a multiple of %d", size, tasks))
	}
	results := make(chan uint64, tasks)
	for i := 0; i < tasks; i++ {
		go func() { results <- compute(size/tasks, runtime.Gosched) }()
	}
	sum := uint64(0)
	for i := 0; i < tasks; i++ {
		sum += <-results
	}
	if expected := expectedOf(size / tasks); sum != expected {
		failOn(fmt.Errorf("the sum is %d instead of %d", sum, expected))
	}
}

var expectations = map[int]uint64{}

// The sum of all tasks, which is computed once for each number of steps.
func expectedOf(steps int) uint64 {
	expected, known := expectations[steps]
	if !known {
		expected = tasks * compute(steps, func() {})
		expectations[steps] = expected
	}
	return expected
}

func compute(steps int, others func()) uint64 {
	x := uint64(firstSeed)
	for step := 0; step < steps; step++ {
		for i := 0; i < stepWork; i++ {
			x ^= x << 13
			x ^= x >> 7
			x ^= x << 17
		}
		others()
	}
	return x & 0xffff
}
