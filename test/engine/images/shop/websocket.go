package main

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// As much of RFC 6455 as it takes to send every frame back.

const (
	handshakeSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" // section 1.3
	final           = 0x80
	opcodeClose     = 0x8
	opcodePing      = 0x9
	opcodePong      = 0xA
	longestFrame    = 1 << 20
)

var goingAway = []byte{0x03, 0xE9} // 1001, section 7.4.1

// closeWebSockets makes those that wait for a message stop waiting.
func (s *shop) closeWebSockets() { close(s.closing) }

func (s *shop) echoWebSocket(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get("Sec-WebSocket-Key")
	hijacker, ok := w.(http.Hijacker)
	if !ok || key == "" || !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		w.Header().Set("Upgrade", "websocket")
		http.Error(w, "this is a WebSocket", http.StatusUpgradeRequired)
		return
	}
	connection, stream, err := hijacker.Hijack()
	if err != nil {
		return
	}
	defer connection.Close()
	accept := sha1.Sum([]byte(key + handshakeSuffix))
	stream.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"X-Served-By: " + hostname() + "\r\nX-Version: " + version() + "\r\n" +
		"Sec-WebSocket-Accept: " + base64.StdEncoding.EncodeToString(accept[:]) + "\r\n\r\n")
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case <-s.closing:
			connection.SetReadDeadline(time.Now())
		case <-ended:
		}
	}()
	for stream.Flush() == nil {
		head, payload, err := readFrame(stream.Reader)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			writeFrame(stream.Writer, final|opcodeClose, goingAway)
			stream.Flush()
			return
		}
		if err != nil {
			return
		}
		opcode := head & 0xF
		if opcode == opcodePing {
			head = head&0xF0 | opcodePong
		}
		writeFrame(stream.Writer, head, payload)
		if opcode == opcodeClose {
			stream.Flush()
			return
		}
	}
}

func readFrame(reader io.Reader) (head byte, payload []byte, err error) {
	start := make([]byte, 2)
	if _, err = io.ReadFull(reader, start); err != nil {
		return
	}
	length := uint64(start[1] & 0x7F)
	switch length {
	case 126:
		short := make([]byte, 2)
		_, err = io.ReadFull(reader, short)
		length = uint64(binary.BigEndian.Uint16(short))
	case 127:
		long := make([]byte, 8)
		_, err = io.ReadFull(reader, long)
		length = binary.BigEndian.Uint64(long)
	}
	if err != nil || length > longestFrame || start[1]&0x80 == 0 { // a client masks, section 5.1
		return 0, nil, io.ErrUnexpectedEOF
	}
	mask := make([]byte, 4)
	if _, err = io.ReadFull(reader, mask); err != nil {
		return
	}
	payload = make([]byte, length)
	_, err = io.ReadFull(reader, payload)
	for i := range payload {
		payload[i] ^= mask[i%4]
	}
	return start[0], payload, err
}

func writeFrame(writer *bufio.Writer, head byte, payload []byte) {
	writer.WriteByte(head)
	switch length := len(payload); {
	case length < 126:
		writer.WriteByte(byte(length))
	case length < 1<<16:
		writer.WriteByte(126)
		binary.Write(writer, binary.BigEndian, uint16(length))
	default:
		writer.WriteByte(127)
		binary.Write(writer, binary.BigEndian, uint64(length))
	}
	writer.Write(payload)
}
