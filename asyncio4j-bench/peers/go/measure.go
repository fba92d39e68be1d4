package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A work does a round of so many operations, and fails if something else comes of it than should.
type work func(size int, clock *clock)

// A round of so many is done once, after a warm-up with fewer.
const (
	many = 1_000_000
	few  = 10_000
)

// clock takes the time of a round, and of the CPU.
type clock struct {
	begin, end       time.Time
	cpuBegin, cpuEnd int64
	bytes, rss       int64
}

// start starts the clock anew: what came before was preparation.
func (c *clock) start() {
	c.cpuBegin = cpu()
	c.begin = time.Now()
}

// stop stops the clock: what comes now is clearing up.
func (c *clock) stop() {
	c.end = time.Now()
	c.cpuEnd = cpu()
}

func cpu() int64 {
	var usage syscall.Rusage
	failOn(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return usage.Utime.Nano() + usage.Stime.Nano()
}

type inUse struct{ bytes, rss int64 }

func memory() inUse {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	statm, err := os.ReadFile("/proc/self/statm")
	failOn(err)
	pages, err := strconv.ParseInt(strings.Fields(string(statm))[1], 10, 64)
	failOn(err)
	return inUse{int64(stats.HeapAlloc + stats.StackInuse), pages * int64(os.Getpagesize())}
}

func (m inUse) since(before inUse) (bytes, rss int64) {
	return m.bytes - before.bytes, m.rss - before.rss
}

func check(expected, actual int) {
	if expected != actual {
		failOn(fmt.Errorf("the round gave %d instead of %d", actual, expected))
	}
}

func checkSum(size int, results []int) {
	sum := 0
	for _, result := range results {
		sum += result
	}
	check(size*(size-1)/2, sum)
}

func timed(do work, size int) *clock {
	c := &clock{}
	c.start()
	do(size, c)
	if c.end.IsZero() {
		c.stop()
	}
	return c
}

func seconds(argument string) time.Duration {
	number, err := strconv.ParseFloat(argument, 64)
	failOn(err)
	return time.Duration(number * float64(time.Second))
}

func measure(row string, do work) {
	version := strings.TrimPrefix(runtime.Version(), "go")
	fmt.Printf("{\"peer\":\"Go\",\"version\":\"%s, GOMAXPROCS=%d\"}\n", version, runtime.GOMAXPROCS(0))
	size, err := strconv.Atoi(os.Args[2])
	failOn(err)
	warmUpSize, least := size, 3
	if size >= many {
		warmUpSize, least = few, 1
	}
	for warm := time.Now().Add(seconds(os.Args[3])); time.Now().Before(warm); {
		timed(do, warmUpSize)
	}
	over := time.Now().Add(seconds(os.Args[4]))
	for round := 0; round < least || time.Now().Before(over); round++ {
		c := timed(do, size)
		memory := ""
		if c.bytes != 0 {
			memory = fmt.Sprintf(",\"bytes\":%d,\"rss\":%d", c.bytes, c.rss)
		}
		fmt.Printf("{\"row\":\"%s\",\"ops\":%d,\"ns\":%d,\"cpu_ns\":%d%s}\n",
			row, size, c.end.Sub(c.begin).Nanoseconds(), c.cpuEnd-c.cpuBegin, memory)
	}
}
