module load

go 1.19

require (
	github.com/coder/websocket v1.8.12
	golang.org/x/net v0.33.0
)

require golang.org/x/text v0.21.0 // indirect
