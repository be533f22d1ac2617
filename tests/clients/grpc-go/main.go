// A client, and a server, of grpc-go that read commands as lines of JSON, and print one line for each.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	_ "google.golang.org/grpc/xds"
)

type command struct {
	Do        string `json:"do"`
	Target    string `json:"target"`
	Method    string `json:"method"`
	Count     int    `json:"count"`
	TimeoutMs int    `json:"timeoutMs"`
	Name      string `json:"name"`
	Port      int    `json:"port"`
	Service   string `json:"service"`
	Message   string `json:"message"`
}

type callResult struct {
	Responses map[string]int `json:"responses"`
	Failure string         `json:"failure,omitempty"`
}

var channels = map[string]*grpc.ClientConn{}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var c command
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			fatal(err)
		}
		result, err := run(c)
		if err != nil {
			fatal(err)
		}
		line, err := json.Marshal(result)
		if err != nil {
			fatal(err)
		}
		fmt.Println(string(line))
	}
}

func run(c command) (any, error) {
	switch c.Do {
	case "call":
		return call(c)
	case "close":
		if channel := channels[c.Target]; channel != nil {
			delete(channels, c.Target)
			return nil, channel.Close()
		}
		return nil, nil
	case "serve":
		return serve(c.Name, net.JoinHostPort("127.0.0.1", fmt.Sprint(c.Port)))
	case "describe":
		return describe(c)
	case "modes":
		return modes(), nil
	default:
		return nil, fmt.Errorf("unknown command %q", c.Do)
	}
}

// Makes calls one after the other, up to the first that fails, and counts the backends that responded.
func call(c command) (any, error) {
	channel := channels[c.Target]
	if channel == nil {
		var err error
		if channel, err = dial(c.Target, grpc.WithTransportCredentials(insecure.NewCredentials())); err != nil {
			return nil, err
		}
		channels[c.Target] = channel
	}
	result := callResult{Responses: map[string]int{}}
	for range c.Count {
		name, err := callOnce(channel, c)
		if err != nil {
			result.Failure = fmt.Sprintf("%s: %s", status.Code(err), status.Convert(err).Message())
			break
		}
		result.Responses[name]++
	}
	return result, nil
}

func callOnce(channel *grpc.ClientConn, c command) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(c.TimeoutMs)*time.Millisecond)
	defer cancel()
	var response []byte
	err := channel.Invoke(ctx, c.Method, []byte{}, &response, grpc.ForceCodec(raw{}))
	return string(response), err
}

// Passes bytes on as they are.
type raw struct{}

func (raw) Marshal(message any) ([]byte, error) {
	if bytes, ok := message.(*[]byte); ok {
		return *bytes, nil
	}
	return message.([]byte), nil
}

func (raw) Unmarshal(data []byte, message any) error {
	*message.(*[]byte) = append([]byte{}, data...)
	return nil
}

func (raw) Name() string { return "raw" }

func fatal(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
