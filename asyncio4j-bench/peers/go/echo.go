package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
)

// Prints its name, its version and its port, and ends with its input.
func echoServer() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	failOn(err)
	fmt.Println("Go")
	fmt.Println(runtime.Version()[2:])
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	go func() {
		for {
			connection, err := listener.Accept()
			failOn(err)
			go echo(connection)
		}
	}()
	_, err = io.ReadAll(os.Stdin)
	failOn(err)
}

func echo(connection net.Conn) {
	defer connection.Close()
	buffer := make([]byte, 4096)
	for {
		n, err := connection.Read(buffer)
		if err == io.EOF {
			return
		}
		failOn(err)
		_, err = connection.Write(buffer[:n])
		failOn(err)
	}
}
