package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/net/http2"
)

// Report is what is printed at the end. Times are milliseconds.
type Report struct {
	Outcome
	Failures []*Failure          `json:"failures"`
	Kinds    map[string]*Outcome `json:"kinds"`
	Versions map[string]int      `json:"versions"` // answers by X-Version

	// Executed by more than one copy, or twice by one. Known only with -executed.
	DoneTwice         int      `json:"doneTwice"`
	DoneTwiceExamples []string `json:"doneTwiceExamples,omitempty"`
	// Answered with a success and not executed: an answer that is not true. Known only with -executed.
	NeverDone int `json:"neverDone"`

	Retried       int     `json:"retried"`
	PlannedCloses int     `json:"plannedCloses"`
	Seconds       float64 `json:"seconds"`
	// How late the client itself was at worst: where this is much, latencies are the client's, not the server's.
	LatestStart float64 `json:"latestStart"`
}

// Outcome of requests; latencies are those of the successful ones.
type Outcome struct {
	Sent         int     `json:"sent"`
	Failed       int     `json:"failed"`
	SlowerThan1s int     `json:"slowerThan1s"`
	P50          float64 `json:"p50"`
	P99          float64 `json:"p99"`
	Max          float64 `json:"max"`
}

// Failure is all requests that failed for one reason.
type Failure struct {
	Reason   string    `json:"reason"`
	Count    int       `json:"count"`
	Examples []Example `json:"examples"` // the first ones
}

// Example of a failure.
type Example struct {
	Second  float64 `json:"second"` // of the run
	Kind    string  `json:"kind"`
	ID      string  `json:"id"`
	Message string  `json:"message"`
}

const mostExamples = 5

// A recorder collects outcomes while a load runs.
type recorder struct {
	sync.Mutex
	begin         time.Time
	sent          int
	latestStart   time.Duration
	latencies     map[string][]time.Duration
	failed        map[string]int
	failures      map[string]*Failure
	versions      map[string]int
	answeredPosts []string
	repeated      int
	planned       int
}

func newRecorder() *recorder {
	return &recorder{
		begin:     time.Now(),
		latencies: map[string][]time.Duration{},
		failed:    map[string]int{},
		failures:  map[string]*Failure{},
		versions:  map[string]int{},
	}
}

func (r *recorder) started() {
	r.Lock()
	defer r.Unlock()
	r.sent++
}

func (r *recorder) startedLate(late time.Duration) {
	r.Lock()
	defer r.Unlock()
	if late > r.latestStart {
		r.latestStart = late
	}
}

func (r *recorder) ended(kind, id string, latency time.Duration, err error) {
	r.Lock()
	defer r.Unlock()
	if err == nil {
		r.latencies[kind] = append(r.latencies[kind], latency)
		return
	}
	r.failed[kind]++
	reason := reasonOf(err)
	failure := r.failures[reason]
	if failure == nil {
		failure = &Failure{Reason: reason}
		r.failures[reason] = failure
	}
	if failure.Count++; failure.Count <= mostExamples {
		failure.Examples = append(failure.Examples, Example{time.Since(r.begin).Seconds(), kind, id, err.Error()})
	}
}

func (r *recorder) answered(version, method, id string) {
	r.Lock()
	defer r.Unlock()
	r.versions[version]++
	if method == http.MethodPost {
		r.answeredPosts = append(r.answeredPosts, id)
	}
}

func (r *recorder) retried() {
	r.Lock()
	defer r.Unlock()
	r.repeated++
}

func (r *recorder) plannedClose() {
	r.Lock()
	defer r.Unlock()
	r.planned++
}

func (r *recorder) sentSoFar() int {
	r.Lock()
	defer r.Unlock()
	return r.sent
}

func (r *recorder) showProgress(stop context.Context, to io.Writer) {
	for second := 1; sleepUntil(stop, r.begin.Add(time.Duration(second)*time.Second)); second++ {
		r.Lock()
		ended, failed := 0, 0
		for _, latencies := range r.latencies {
			ended += len(latencies)
		}
		for _, count := range r.failed {
			failed += count
		}
		fmt.Fprintf(to, "%d s: %d sent, %d failed, %d under way\n", second, r.sent, failed, r.sent-ended-failed)
		r.Unlock()
	}
}

// report is for the end, when nothing is recorded any more.
func (r *recorder) report() *Report {
	report := &Report{
		Kinds: map[string]*Outcome{}, Failures: []*Failure{}, Versions: r.versions,
		Retried: r.repeated, PlannedCloses: r.planned,
		Seconds: time.Since(r.begin).Seconds(), LatestStart: milliseconds(r.latestStart),
	}
	var all []time.Duration
	allFailed := 0
	for kind, latencies := range r.latencies {
		report.Kinds[kind] = outcome(latencies, r.failed[kind])
		all = append(all, latencies...)
	}
	for kind, failed := range r.failed {
		if report.Kinds[kind] == nil {
			report.Kinds[kind] = outcome(nil, failed)
		}
		allFailed += failed
	}
	report.Outcome = *outcome(all, allFailed)
	for _, failure := range r.failures {
		report.Failures = append(report.Failures, failure)
	}
	sort.Slice(report.Failures, func(i, j int) bool { return report.Failures[i].Count > report.Failures[j].Count })
	return report
}

func outcome(latencies []time.Duration, failed int) *Outcome {
	o := &Outcome{Sent: len(latencies) + failed, Failed: failed}
	if len(latencies) == 0 {
		return o
	}
	sort.Slice(latencies, func(i, j int) bool { return latencies[i] < latencies[j] })
	last := len(latencies) - 1
	o.P50 = milliseconds(latencies[last*50/100])
	o.P99 = milliseconds(latencies[last*99/100])
	o.Max = milliseconds(latencies[last])
	o.SlowerThan1s = len(latencies) - sort.Search(len(latencies), func(i int) bool { return latencies[i] > time.Second })
	return o
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// compareWithExecuted reads what the copies recorded, one id a line: each before it answered.
func (l *load) compareWithExecuted(report *Report) error {
	files, err := filepath.Glob(filepath.Join(l.executedFolder, "*"))
	if err != nil {
		return err
	}
	times := map[string]int{}
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		for lines := bufio.NewScanner(file); lines.Scan(); {
			if id := lines.Text(); strings.HasPrefix(id, l.runID+"-") {
				times[id]++
			}
		}
		file.Close()
	}
	for id, count := range times {
		if count < 2 {
			continue
		}
		if report.DoneTwice++; report.DoneTwice <= mostExamples {
			report.DoneTwiceExamples = append(report.DoneTwiceExamples, id)
		}
	}
	for _, id := range l.answeredPosts {
		if times[id] == 0 {
			report.NeverDone++
		}
	}
	return nil
}

// reasonOf puts failures together that are alike.
func reasonOf(err error) string {
	var status statusError
	var wrong *wrongAnswer
	var call grpcError
	var stream http2.StreamError
	var goAway http2.GoAwayError
	var name *net.DNSError
	var network net.Error
	switch {
	case errors.As(err, &status):
		return fmt.Sprintf("status %d", status.status)
	case errors.As(err, &call):
		return call.Error()
	case errors.As(err, &wrong):
		return "wrong answer"
	case websocket.CloseStatus(err) >= 0:
		return fmt.Sprintf("websocket closed with %d", websocket.CloseStatus(err))
	case errors.As(err, &name):
		return "name not found"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "timeout"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "connection reset"
	case errors.As(err, &goAway), errors.As(err, &stream):
		return "http2 stream ended"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), strings.Contains(err.Error(), "server closed idle connection"):
		return "connection closed"
	default:
		return "other"
	}
}
