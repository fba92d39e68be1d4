// Command peer has the rows of ./bench with goroutines, and the programs that start-up and echo are measured on,
// "startup" and "echo-server".
package main

import (
	"fmt"
	"os"
	"sort"
	"strings"
)

var rows = map[string]work{
	"switch":            switches,
	"wake":              wake,
	"gather":            gather,
	"gather-sleep0":     gatherSleep0,
	"pingpong":          pingpong,
	"producer-consumer": producerConsumer,
	"timers":            timers,
	"semaphore":         semaphore,
	"cancel":            cancel,
	"threadsafe":        threadsafe,
	"asleep":            asleep,
	"http-fanout":       fanOut,
	"scaling":           scaling,
}

func main() {
	switch row := os.Args[1]; row {
	case "--rows":
		names := []string{}
		for name := range rows {
			names = append(names, name)
		}
		sort.Strings(names)
		fmt.Println(strings.Join(names, "\n"))
	case "startup":
		startUp()
	case "echo-server":
		echoServer()
	default:
		do, known := rows[row]
		if !known {
			fmt.Fprintln(os.Stderr, "Go has no row", row)
			os.Exit(3)
		}
		measure(row, do)
	}
}

func failOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
