// Command load sends requests at a constant rate and tells, as one JSON object, what became of each of them.
//
//	load -url https://shop.test/ -connect 127.0.0.1:18443 -rate 500 -duration 20s
//
// Without -duration it runs until SIGINT, SIGTERM or the end of its standard input. What is under way then
// is waited for: each request that was sent has an outcome.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

type options struct {
	url       *url.URL
	connect   string
	ca        string
	insecure  bool
	protocols []string

	rate      float64
	postShare float64
	timeout   time.Duration
	duration  time.Duration
	minimum   int

	slow               int
	slowTime           time.Duration
	webSockets         int
	allowPlannedClose  bool
	uploads            int
	uploadSize         int64
	uploadTime         time.Duration
	grpcRate           float64
	grpcURL            *url.URL
	executedFolder     string
	progressEachSecond bool
}

func main() {
	o, err := parseOptions(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	stop, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()
	if o.duration > 0 {
		stop, cancel = context.WithTimeout(stop, o.duration)
		defer cancel()
	} else {
		go func() {
			io.Copy(io.Discard, os.Stdin)
			cancel()
		}()
	}
	report, err := run(stop, o)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(report)
}

func parseOptions(arguments []string) (options, error) {
	var o options
	var target, grpcTarget, protocols string
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	flags.StringVar(&target, "url", "", "`URL` of the requests; its host is the Host header and the name that TLS asks for")
	flags.StringVar(&o.connect, "connect", "", "`host:port` to connect to, whatever the host of the URL is")
	flags.StringVar(&o.ca, "ca", "", "`PEM` of the authority to trust, the text itself")
	flags.BoolVar(&o.insecure, "insecure", false, "trust any certificate")
	flags.StringVar(&protocols, "protocols", "", "of http/1.1, h2 and h2c; http/1.1, and h2 for https, unless told")

	flags.Float64Var(&o.rate, "rate", 500, "requests a second")
	flags.Float64Var(&o.postShare, "post-share", 0.2, "how many of them are POSTs")
	flags.DurationVar(&o.timeout, "timeout", 10*time.Second, "until a request counts as failed")
	flags.DurationVar(&o.duration, "duration", 0, "until told to stop if 0")
	flags.IntVar(&o.minimum, "minimum", 0, "requests to send in any case, also after the stop")

	flags.IntVar(&o.slow, "slow", 0, "slow requests always under way")
	flags.DurationVar(&o.slowTime, "slow-time", 30*time.Second, "how long each of them takes")
	flags.IntVar(&o.webSockets, "websockets", 0, "WebSockets always open, with an echo a second")
	flags.BoolVar(&o.allowPlannedClose, "allow-planned-close", false, "a WebSocket may be closed with 1001 or 1012, and is opened again at once")
	flags.IntVar(&o.uploads, "uploads", 0, "uploads always under way")
	flags.Int64Var(&o.uploadSize, "upload-size", 10<<20, "bytes of each of them")
	flags.DurationVar(&o.uploadTime, "upload-time", 2*time.Second, "over which its bytes are spread")
	flags.Float64Var(&o.grpcRate, "grpc-rate", 0, "unary gRPC calls a second")
	flags.StringVar(&grpcTarget, "grpc-url", "", "`URL` of the gRPC server, if it is another one")
	flags.StringVar(&o.executedFolder, "executed", "", "`folder` in which the copies recorded the POSTs that they executed")
	flags.BoolVar(&o.progressEachSecond, "progress", false, "a line a second on stderr")
	if err := flags.Parse(arguments); err != nil {
		return o, err
	}

	var err error
	if o.url, err = parseTarget(target); err != nil {
		return o, err
	}
	if o.grpcURL = o.url; grpcTarget != "" {
		if o.grpcURL, err = parseTarget(grpcTarget); err != nil {
			return o, err
		}
	}
	switch {
	case protocols != "":
		o.protocols = strings.Split(protocols, ",")
	case o.url.Scheme == "https":
		o.protocols = []string{"http/1.1", "h2"}
	default:
		o.protocols = []string{"http/1.1"}
	}
	if o.rate <= 0 {
		return o, fmt.Errorf("-rate must be above 0")
	}
	return o, nil
}

func parseTarget(text string) (*url.URL, error) {
	target, err := url.Parse(text)
	if err == nil && (target.Scheme != "http" && target.Scheme != "https" || target.Host == "") {
		err = fmt.Errorf("not an http or https URL: %q", text)
	}
	return target, err
}
