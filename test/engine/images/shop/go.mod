module shop

go 1.19

require github.com/lib/pq v1.10.9

require (
	golang.org/x/net v0.33.0
	golang.org/x/text v0.21.0 // indirect
)
