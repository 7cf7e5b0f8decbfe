// Command rate tells how many requests a second a server answers at most: so many kept connections ask again as soon as
// they have their answer.
//
//	rate https://shop.test/ 10.0.0.2:443 32 5s     writes requests a second, and how many failed
package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: rate URL HOST:PORT CONNECTIONS DURATION")
		os.Exit(2)
	}
	url, address := os.Args[1], os.Args[2]
	connections, err := strconv.Atoi(os.Args[3])
	check(err)
	duration, err := time.ParseDuration(os.Args[4])
	check(err)
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, address)
		},
		TLSClientConfig:     &tls.Config{InsecureSkipVerify: true},
		MaxIdleConnsPerHost: connections,
	}}
	var answered, failed int64
	var all sync.WaitGroup
	begin := time.Now()
	for i := 0; i < connections; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for time.Since(begin) < duration {
				if ask(client, url) {
					atomic.AddInt64(&answered, 1)
				} else {
					atomic.AddInt64(&failed, 1)
				}
			}
		}()
	}
	all.Wait()
	fmt.Printf("%.0f %d\n", float64(answered)/time.Since(begin).Seconds(), failed)
}

func ask(client *http.Client, url string) bool {
	answer, err := client.Get(url)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return err == nil && answer.StatusCode == http.StatusOK
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
