// Command wget is what helm test calls: wget -T SECONDS -q -O - URL, with the options and exit status of busybox.
package main

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

func main() {
	seconds := flag.Int("T", 900, "timeout in seconds")
	flag.Bool("q", false, "quiet")
	flag.String("O", "-", "output, - only")
	flag.Parse()
	if err := get(flag.Arg(0), time.Duration(*seconds)*time.Second); err != nil {
		fmt.Fprintln(os.Stderr, "wget:", err)
		os.Exit(1)
	}
}

func get(url string, timeout time.Duration) error {
	client := http.Client{Timeout: timeout}
	response, err := client.Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("server returned error: %s %s", response.Proto, response.Status)
	}
	_, err = io.Copy(os.Stdout, response.Body)
	return err
}
