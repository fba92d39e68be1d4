package main

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

const day = 24 * time.Hour

// together runs a function in that many goroutines and waits for all.
func together(count int, task func(int)) {
	var group sync.WaitGroup
	group.Add(count)
	for i := 0; i < count; i++ {
		go func(number int) {
			defer group.Done()
			task(number)
		}(i)
	}
	group.Wait()
}

func switches(size int, _ *clock) {
	var count [2]int
	together(2, func(me int) {
		for i := 0; i < size/2; i++ {
			runtime.Gosched()
			count[me]++
		}
	})
	check(size, count[0]+count[1])
}

// wake makes a channel of one place for each await, as the others make a future.
func wake(size int, _ *clock) {
	futures := [2]chan int{make(chan int, 1), make(chan int, 1)}
	var last [2]int
	futures[0] <- 0
	together(2, func(me int) {
		for i := 0; i < size/2; i++ {
			last[me] = <-futures[me] + 1
			futures[me] = make(chan int, 1)
			futures[1-me] <- last[me]
		}
	})
	check(size, last[1])
}

func gather(size int, _ *clock) {
	results := make([]int, size)
	together(size, func(number int) { results[number] = number })
	checkSum(size, results)
}

func gatherSleep0(size int, _ *clock) {
	results := make([]int, size)
	together(size, func(number int) {
		runtime.Gosched()
		results[number] = number
	})
	checkSum(size, results)
}

func pingpong(size int, _ *clock) {
	there, back := make(chan int), make(chan int)
	last := 0
	together(2, func(me int) {
		for i := 0; i < size; i++ {
			if me == 0 {
				there <- last
				last = <-back
			} else {
				back <- <-there + 1
			}
		}
	})
	check(size, last)
}

func producerConsumer(size int, _ *clock) {
	queue := make(chan int, 100)
	sum := 0
	together(2, func(me int) {
		if me == 0 {
			for i := 0; i < size; i++ {
				queue <- i
			}
			close(queue)
		} else {
			for item := range queue {
				sum += item
			}
		}
	})
	check(size*(size-1)/2, sum)
}

func timers(size int, _ *clock) {
	results := make([]int, size)
	together(size, func(number int) {
		time.Sleep(100 * time.Millisecond * time.Duration(number+1) / time.Duration(size))
		results[number] = number
	})
	checkSum(size, results)
}

func semaphore(size int, _ *clock) {
	permits := make(chan struct{}, 10)
	var count int64
	together(1000, func(int) {
		for i := 0; i < size/1000; i++ {
			permits <- struct{}{}
			runtime.Gosched()
			atomic.AddInt64(&count, 1)
			<-permits
		}
	})
	check(size, int(count))
}

// sleepers are asleep for a day, or until they are cancelled.
type sleepers struct {
	cancel    context.CancelFunc
	group     sync.WaitGroup
	cancelled int64
}

func startSleepers(size int) *sleepers {
	ctx, cancel := context.WithCancel(context.Background())
	all := &sleepers{cancel: cancel}
	var begun sync.WaitGroup
	begun.Add(size)
	all.group.Add(size)
	for i := 0; i < size; i++ {
		go func() {
			defer all.group.Done()
			timer := time.NewTimer(day)
			defer timer.Stop()
			begun.Done()
			select {
			case <-ctx.Done():
				atomic.AddInt64(&all.cancelled, 1)
			case <-timer.C:
			}
		}()
	}
	begun.Wait()
	return all
}

func (all *sleepers) cancelAll(size int) {
	all.cancel()
	all.group.Wait()
	check(size, int(all.cancelled))
}

func cancel(size int, clock *clock) {
	all := startSleepers(size)
	clock.start()
	all.cancelAll(size)
	clock.stop()
}

// threadsafe hands functions to one goroutine, over a channel that never makes the others wait.
func threadsafe(size int, clock *clock) {
	callbacks := make(chan func(), size)
	gate := make(chan struct{})
	var ready sync.WaitGroup
	ready.Add(4)
	count := 0
	for i := 0; i < 4; i++ {
		go func() {
			ready.Done()
			<-gate
			for i := 0; i < size/4; i++ {
				callbacks <- func() { count++ }
			}
		}()
	}
	ready.Wait()
	clock.start()
	close(gate)
	for count < size {
		(<-callbacks)()
	}
}

// asleep lets goroutines wait for their timers alone, so that their stacks stay small.
func asleep(size int, clock *clock) {
	timers := make([]*time.Timer, size)
	var begun, group sync.WaitGroup
	begun.Add(size)
	group.Add(size)
	before := memory()
	clock.start()
	for i := range timers {
		timers[i] = time.NewTimer(day)
		go func(timer *time.Timer) {
			begun.Done()
			<-timer.C
			group.Done()
		}(timers[i])
	}
	begun.Wait()
	clock.stop()
	clock.bytes, clock.rss = memory().since(before)
	for _, timer := range timers {
		timer.Reset(0)
	}
	group.Wait()
}
