package main

import (
	"encoding/binary"
	"io"
	"net/http"
)

// As much of gRPC over HTTP/2 as unary calls take: a message with its length in front, a status in the trailers.
// The messages are so small that their Protocol Buffers encoding is written out.

const (
	grpcHealthMethod = "/grpc.health.v1.Health/Check"
	grpcEchoMethod   = "/shop.Echo/Echo"
	grpcPrefix       = 5 // a byte that says "not compressed", four of length
)

var (
	serving    = []byte{0x08, 1} // HealthCheckResponse.status
	notServing = []byte{0x08, 2}
)

func (s *shop) grpcHealth(w http.ResponseWriter, r *http.Request) {
	status := serving
	if s.whyUnhealthy() != "" {
		status = notServing
	}
	answerGRPC(w, status)
}

func (s *shop) grpcEcho(w http.ResponseWriter, r *http.Request) {
	frame, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil || len(frame) < grpcPrefix {
		http.Error(w, "this is a gRPC method", http.StatusUnsupportedMediaType)
		return
	}
	if s.execute(w, r) {
		answerGRPC(w, frame[grpcPrefix:])
	}
}

func answerGRPC(w http.ResponseWriter, message []byte) {
	w.Header().Set("Content-Type", "application/grpc")
	w.Header().Set("Trailer", "Grpc-Status")
	prefix := make([]byte, grpcPrefix)
	binary.BigEndian.PutUint32(prefix[1:], uint32(len(message)))
	w.Write(prefix)
	w.Write(message)
	w.Header().Set("Grpc-Status", "0")
}
