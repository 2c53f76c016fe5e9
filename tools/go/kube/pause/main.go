// The program of a pod's sandbox: it holds the pod's namespaces and does nothing, until it is told to end.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

var version = "v0.0.0"

func main() {
	if len(os.Args) > 1 && os.Args[1] == "--version" {
		fmt.Println("pause", version)
		return
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGINT, syscall.SIGTERM)
	<-ended
}
