package main

import (
	"context"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

// webSocket keeps one open and asks for an echo each second. That it was closed shows at the next echo.
func (l *load) webSocket(stop context.Context) {
	var open *session
	transport := l.dialer.http1(false)
	for due := time.Now(); sleepUntil(stop, due); due = due.Add(time.Second) {
		l.measure("websocket", due, 0, func(ctx context.Context, id string) (err error) {
			for {
				if open == nil {
					if open, err = l.openSession(ctx, transport, id); err != nil {
						return err
					}
				}
				if err = open.echo(ctx, id); err == nil {
					return nil
				}
				open.connection.CloseNow()
				open = nil
				if !l.allowPlannedClose || !isPlannedClose(err) {
					return err
				}
				l.plannedClose()
			}
		})
	}
	if open != nil {
		open.connection.Close(websocket.StatusNormalClosure, "")
	}
}

func isPlannedClose(err error) bool {
	status := websocket.CloseStatus(err)
	return status == websocket.StatusGoingAway || status == websocket.StatusServiceRestart
}

// A session is an open WebSocket. It always reads, so that a close is received when it is sent.
type session struct {
	connection *websocket.Conn
	messages   chan string
	err        error // once messages is closed
}

func (l *load) openSession(ctx context.Context, transport http.RoundTripper, id string) (*session, error) {
	connection, response, err := websocket.Dial(ctx, l.at("/ws", "").String(), &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: transport},
		HTTPHeader: http.Header{"X-Request-Id": {id}},
	})
	if err != nil {
		if response != nil {
			return nil, statusError{response.StatusCode, err.Error()}
		}
		return nil, err
	}
	s := &session{connection: connection, messages: make(chan string, 1)}
	go func() {
		defer close(s.messages)
		for {
			var message []byte
			if _, message, s.err = connection.Read(context.Background()); s.err != nil {
				return
			}
			s.messages <- string(message)
		}
	}()
	return s, nil
}

func (s *session) echo(ctx context.Context, text string) error {
	// An error of it says less than the reader's: the close that was received before.
	s.connection.Write(ctx, websocket.MessageText, []byte(text))
	select {
	case message, open := <-s.messages:
		switch {
		case !open:
			return s.err
		case message != text:
			return &wrongAnswer{message, text}
		default:
			return nil
		}
	case <-ctx.Done():
		return ctx.Err()
	}
}
