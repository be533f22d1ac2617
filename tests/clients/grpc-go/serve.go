//go:build !v2

package main

import (
	"net"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/xds"
)

var (
	lock sync.Mutex
	seen = []string{}
)

func dial(target string, options ...grpc.DialOption) (*grpc.ClientConn, error) {
	return grpc.NewClient(target, options...)
}

// Serves what the listener of this address says. Gives the port.
func serve(name string, address string) (any, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	server, err := xds.NewGRPCServer(
		grpc.Creds(insecure.NewCredentials()),
		grpc.ForceServerCodec(raw{}),
		xds.ServingModeCallback(func(_ net.Addr, change xds.ServingModeChangeArgs) {
			lock.Lock()
			defer lock.Unlock()
			if change.Mode == connectivity.ServingModeServing {
				seen = append(seen, "serving")
			} else {
				seen = append(seen, "not serving")
			}
		}),
	)
	if err != nil {
		return nil, err
	}
	// Responds to both methods alike.
	echo := func(_ any, stream grpc.ServerStream) error {
		var request []byte
		if err := stream.RecvMsg(&request); err != nil {
			return err
		}
		return stream.SendMsg([]byte(name))
	}
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "echo.Echo",
		HandlerType: (*any)(nil),
		Streams: []grpc.StreamDesc{
			{StreamName: "Say", Handler: echo},
			{StreamName: "Other", Handler: echo},
		},
	}, nil)
	go func() {
		if err := server.Serve(listener); err != nil {
			fatal(err)
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// All serving modes so far.
func modes() []string {
	lock.Lock()
	defer lock.Unlock()
	return append([]string{}, seen...)
}
