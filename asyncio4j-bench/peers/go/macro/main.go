// Command macro has the macro rows of ./bench with goroutines: http-fanout and scaling as rounds, and the programs
// that start-up and echo are measured on, "startup" and "echo-server".
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// A work does a round of so many operations and returns what is wrong with its result.
type work func(size int) error

var rows = map[string]work{"http-fanout": fanOut, "scaling": scaling}

func main() {
	switch row := os.Args[1]; row {
	case "--rows":
		for name := range rows {
			fmt.Println(name)
		}
	case "startup":
		startUp()
	case "echo-server":
		echoServer()
	default:
		do, found := rows[row]
		if !found {
			fmt.Fprintln(os.Stderr, "Go has no row "+row+" in this program")
			os.Exit(3)
		}
		peer := "Go"
		if row == "scaling" {
			peer += ", GOMAXPROCS=" + strconv.Itoa(runtime.GOMAXPROCS(0))
		}
		fmt.Printf("{\"peer\":\"%s\",\"version\":\"%s\"}\n", peer, runtime.Version()[2:])
		size, err := strconv.Atoi(os.Args[2])
		failOn(err)
		measure(row, do, size, seconds(os.Args[3]), seconds(os.Args[4]))
	}
}

func measure(row string, do work, size int, warmUp, duration time.Duration) {
	for warm := time.Now().Add(warmUp); time.Now().Before(warm); {
		failOn(do(size))
	}
	end := time.Now().Add(duration)
	for least := 3; least > 0 || time.Now().Before(end); least-- {
		cpu, begin := cpuTime(), time.Now()
		failOn(do(size))
		ns := time.Since(begin).Nanoseconds()
		fmt.Printf("{\"row\":\"%s\",\"ops\":%d,\"ns\":%d,\"cpu_ns\":%d}\n", row, size, ns, cpuTime()-cpu)
	}
}

func cpuTime() int64 {
	var usage syscall.Rusage
	failOn(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func seconds(text string) time.Duration {
	number, err := strconv.ParseFloat(text, 64)
	failOn(err)
	return time.Duration(number * float64(time.Second))
}

func failOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
