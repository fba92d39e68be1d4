package main

import (
	"io"
	"net/http"
	"os"
)

const (
	atOnce    = 64
	bodyBytes = 1024
)

var client = http.Client{Transport: &http.Transport{MaxIdleConns: atOnce, MaxIdleConnsPerHost: atOnce}}

type answer struct {
	bytes int
	err   error
}

// A goroutine for each request, 64 of them at once.
func fanOut(size int, _ *clock) {
	url := os.Getenv("ASYNCIO4J_BENCH_URL")
	answers := make(chan answer, size)
	guard := make(chan struct{}, atOnce)
	for i := 0; i < size; i++ {
		go func() {
			guard <- struct{}{}
			answers <- get(url)
			<-guard
		}()
	}
	received := 0
	for i := 0; i < size; i++ {
		each := <-answers
		failOn(each.err)
		received += each.bytes
	}
	check(size*bodyBytes, received)
}

func get(url string) answer {
	response, err := client.Get(url)
	if err != nil {
		return answer{0, err}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return answer{len(body), err}
}
