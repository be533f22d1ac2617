//go:build v2

package main

import (
	"errors"

	"google.golang.org/grpc"
)

func dial(target string, options ...grpc.DialOption) (*grpc.ClientConn, error) {
	return grpc.Dial(target, options...)
}

func serve(string, string) (any, error) {
	return nil, errors.New("this release is here as a client")
}

func describe(command) (any, error) {
	return nil, errors.New("this release is here as a client of xDS")
}

func modes() []string { return []string{} }
