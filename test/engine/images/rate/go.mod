module rate

go 1.19
