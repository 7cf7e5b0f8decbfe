package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// As much of gRPC over HTTP/2 as a unary call takes: a message with its length in front, a status in the trailers.

const (
	grpcEchoMethod = "/shop.Echo/Echo"
	grpcPrefix     = 5 // a byte that says "not compressed", four of length
)

func (l *load) grpcCalls(stop context.Context) {
	transport := l.dialer.http2(l.grpcURL.Scheme)
	target := &url.URL{Scheme: l.grpcURL.Scheme, Host: l.grpcURL.Host, Path: grpcEchoMethod}
	l.pace(stop, l.grpcRate, func(_ int, due time.Time) {
		l.measure("grpc", due, 0, func(ctx context.Context, id string) error {
			return l.callGRPC(ctx, transport, target, id)
		})
	})
}

func (l *load) callGRPC(ctx context.Context, transport http.RoundTripper, target *url.URL, id string) error {
	message := append([]byte{0x0A, byte(len(id))}, id...) // field 1, a string
	frame := append(make([]byte, grpcPrefix), message...)
	binary.BigEndian.PutUint32(frame[1:], uint32(len(message)))
	request, err := http.NewRequestWithContext(l.countingAttempts(ctx), http.MethodPost, target.String(), bytes.NewReader(frame))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/grpc")
	request.Header.Set("TE", "trailers")
	request.Header.Set("X-Request-Id", id)
	response, err := transport.RoundTrip(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return statusError{response.StatusCode, string(answer)}
	}
	// A call that fails before its first message has its status in the header.
	status := response.Trailer.Get("Grpc-Status")
	if status == "" {
		status = response.Header.Get("Grpc-Status")
	}
	if status != "0" {
		return grpcError(status)
	}
	if !bytes.Equal(answer, frame) {
		return &wrongAnswer{string(answer), string(frame)}
	}
	l.answered(response.Header.Get("X-Version"), http.MethodPost, id)
	return nil
}

type grpcError string

func (e grpcError) Error() string { return fmt.Sprintf("gRPC status %s", string(e)) }
