package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A load is one run. Its generators start when it does and end when it stops.
type load struct {
	options
	*recorder
	dialer     *dialer
	clients    []client
	runID      string
	lastNumber atomic.Int64
	generators sync.WaitGroup
	underWay   sync.WaitGroup
}

// run returns when all that was started has ended.
func run(stop context.Context, o options) (*Report, error) {
	dialer, err := newDialer(o)
	if err != nil {
		return nil, err
	}
	clients, err := dialer.clients(o.url, o.protocols)
	if err != nil {
		return nil, err
	}
	id := make([]byte, 4)
	rand.Read(id)
	l := &load{options: o, recorder: newRecorder(), dialer: dialer, clients: clients, runID: hex.EncodeToString(id)}

	stop, cancel := l.notBeforeMinimum(stop)
	defer cancel()
	if o.progressEachSecond {
		go l.showProgress(stop, os.Stderr)
	}
	l.generate(func() { l.requests(stop) })
	for i := 0; i < o.slow; i++ {
		i := i
		l.generate(func() { l.slowRequests(stop, i) })
	}
	for i := 0; i < o.uploads; i++ {
		client := clients[i%len(clients)]
		l.generate(func() { l.uploadAgainAndAgain(stop, client) })
	}
	for i := 0; i < o.webSockets; i++ {
		l.generate(func() { l.webSocket(stop) })
	}
	if o.grpcRate > 0 {
		l.generate(func() { l.grpcCalls(stop) })
	}
	l.generators.Wait()
	l.underWay.Wait()
	report := l.report()
	if o.executedFolder != "" {
		err = l.compareWithExecuted(report)
	}
	return report, err
}

func (l *load) notBeforeMinimum(stop context.Context) (context.Context, context.CancelFunc) {
	enough, cancel := context.WithCancel(context.Background())
	go func() {
		<-stop.Done()
		for l.sentSoFar() < l.minimum {
			time.Sleep(10 * time.Millisecond)
		}
		cancel()
	}()
	return enough, cancel
}

func (l *load) generate(generator func()) {
	l.generators.Add(1)
	go func() {
		defer l.generators.Done()
		generator()
	}()
}

// pace calls start at a constant rate and never waits for what it started: an open loop, as visitors are.
func (l *load) pace(stop context.Context, rate float64, start func(n int, due time.Time)) {
	begin := time.Now()
	for n := 0; ; n++ {
		due := begin.Add(time.Duration(float64(n) / rate * float64(time.Second)))
		if !sleepUntil(stop, due) {
			return
		}
		l.underWay.Add(1)
		go func(n int) {
			defer l.underWay.Done()
			l.startedLate(time.Since(due))
			start(n, due)
		}(n)
	}
}

// sleepUntil tells whether to go on.
func sleepUntil(stop context.Context, due time.Time) bool {
	timer := time.NewTimer(time.Until(due))
	defer timer.Stop()
	select {
	case <-stop.Done():
		return false
	case <-timer.C:
		return stop.Err() == nil
	}
}

// measure sends one request and records its outcome. Its latency counts from when it was due, so that
// neither a late start nor a queue is hidden, and is what it takes beyond the time it is meant to take.
func (l *load) measure(kind string, due time.Time, meant time.Duration, send func(ctx context.Context, id string) error) error {
	id := l.runID + "-" + strconv.FormatInt(l.lastNumber.Add(1), 10)
	l.started()
	ctx, cancel := context.WithTimeout(context.Background(), meant+l.timeout)
	defer cancel()
	err := send(ctx, id)
	l.ended(kind, id, time.Since(due)-meant, err)
	return err
}

// ---- generators -----------------------------------------------------------------------------------------

// requests spreads POSTs evenly among GETs, and either evenly over all clients.
func (l *load) requests(stop context.Context) {
	l.pace(stop, l.rate, func(n int, due time.Time) {
		posts := int(float64(n) * l.postShare)
		method, nth := http.MethodGet, n-posts
		if int(float64(n+1)*l.postShare) > posts {
			method, nth = http.MethodPost, posts
		}
		client := l.clients[nth%len(l.clients)]
		l.measure(method+" "+client.name, due, 0, func(ctx context.Context, id string) error {
			var body io.Reader
			if method == http.MethodPost {
				body = strings.NewReader("x=1")
			}
			_, err := l.exchange(ctx, client, method, l.url, id, body)
			return err
		})
	})
}

// slowRequests has one of them always under way; the nth begins within its time, so that not all end together.
func (l *load) slowRequests(stop context.Context, nth int) {
	target := l.at("/slow", "ms="+strconv.FormatInt(l.slowTime.Milliseconds(), 10))
	client := l.clients[nth%len(l.clients)]
	next := time.Now().Add(l.slowTime * time.Duration(nth) / time.Duration(l.slow))
	for sleepUntil(stop, next) {
		next = again(l.measure("slow", next, l.slowTime, func(ctx context.Context, id string) error {
			_, err := l.exchange(ctx, client, http.MethodGet, target, id, nil)
			return err
		}))
	}
}

func (l *load) uploadAgainAndAgain(stop context.Context, client client) {
	target := l.at("/sink", "")
	next := time.Now()
	for sleepUntil(stop, next) {
		next = again(l.measure("upload", next, l.uploadTime, func(ctx context.Context, id string) error {
			body := &pacedZeros{left: l.uploadSize, size: l.uploadSize, begin: time.Now(), time: l.uploadTime}
			received, err := l.exchange(ctx, client, http.MethodPost, target, id, body)
			if want := strconv.FormatInt(l.uploadSize, 10); err == nil && strings.TrimSpace(received) != want {
				err = &wrongAnswer{received, want}
			}
			return err
		}))
	}
}

// again is when a loop goes on: at once, but not in a hurry where nothing works.
func again(err error) time.Time {
	if err != nil {
		return time.Now().Add(time.Second)
	}
	return time.Now()
}

// pacedZeros spreads a body evenly over a time.
type pacedZeros struct {
	left, size int64
	begin      time.Time
	time       time.Duration
}

func (z *pacedZeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := 64 << 10
	if n > len(p) {
		n = len(p)
	}
	if int64(n) > z.left {
		n = int(z.left)
	}
	for i := range p[:n] {
		p[i] = 0
	}
	z.left -= int64(n)
	share := 1 - float64(z.left)/float64(z.size)
	time.Sleep(time.Until(z.begin.Add(time.Duration(share * float64(z.time)))))
	return n, nil
}

func (l *load) at(path, query string) *url.URL {
	return &url.URL{Scheme: l.url.Scheme, Host: l.url.Host, Path: path, RawQuery: query}
}

// ---- one request ----------------------------------------------------------------------------------------

// exchange returns the body of an answer that is a success.
func (l *load) exchange(ctx context.Context, client client, method string, target *url.URL, id string, body io.Reader) (string, error) {
	request, err := http.NewRequestWithContext(l.countingAttempts(ctx), method, target.String(), body)
	if err != nil {
		return "", err
	}
	if upload, ok := body.(*pacedZeros); ok {
		request.ContentLength = upload.size
	}
	request.Header.Set("X-Request-Id", id)
	response, err := client.RoundTrip(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return "", err
	}
	if response.StatusCode/100 != 2 {
		return "", statusError{response.StatusCode, string(bytes.TrimSpace(answer))}
	}
	l.answered(response.Header.Get("X-Version"), method, id)
	return string(answer), nil
}

// countingAttempts notices that a request was sent again: Go's clients do, as browsers do, when a reused
// connection ends before an answer, and the request is a GET or was not yet sent.
func (l *load) countingAttempts(ctx context.Context) context.Context {
	attempts := 0
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
		if attempts++; attempts > 1 {
			l.retried()
		}
	}})
}

type statusError struct {
	status int
	body   string
}

func (e statusError) Error() string { return fmt.Sprintf("status %d: %.200s", e.status, e.body) }

type wrongAnswer struct{ got, want string }

func (e *wrongAnswer) Error() string {
	return fmt.Sprintf("answered %.200q instead of %q", e.got, e.want)
}
