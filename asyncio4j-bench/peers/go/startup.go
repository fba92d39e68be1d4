package main

import (
	"fmt"
	"runtime"
)

// A goroutine gives the version.
func startUp() {
	result := make(chan string)
	go func() { result <- runtime.Version()[2:] }()
	fmt.Println("Go")
	fmt.Println(<-result)
}
