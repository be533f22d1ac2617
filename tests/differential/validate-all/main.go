// Validates messages by the code that protoc-gen-validate has made of Envoy's API, as an oracle for the rules of src/validate.
//
// Each line of the input is a list of messages as JSON; each line of the output has the violations of each of them.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

type command struct {
	Messages []message `json:"messages"`
}

type message struct {
	// The full name of the type.
	Type string `json:"type"`
	// The encoded message.
	Value []byte `json:"value"`
}

// What one message breaks.
type result struct {
	// Why it could not be validated, if it could not.
	Problem    string      `json:"problem,omitempty"`
	Violations []violation `json:"violations,omitempty"`
}

type violation struct {
	// The fields that lead to it, by their names in Go, such as "VirtualHosts[0]".
	Path   []string `json:"path"`
	Reason string   `json:"reason"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<28)
	output := bufio.NewWriter(os.Stdout)
	for lines.Scan() {
		var in command
		if err := json.Unmarshal(lines.Bytes(), &in); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		results := make([]result, len(in.Messages))
		for i, each := range in.Messages {
			results[i] = validate(each)
		}
		if err := json.NewEncoder(output).Encode(results); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		output.Flush()
	}
}

func validate(in message) result {
	found, err := protoregistry.GlobalTypes.FindMessageByName(protoreflect.FullName(in.Type))
	if err != nil {
		return result{Problem: "unknown type"}
	}
	made := found.New().Interface()
	if err := proto.Unmarshal(in.Value, made); err != nil {
		return result{Problem: err.Error()}
	}
	validator, ok := made.(interface{ ValidateAll() error })
	if !ok {
		return result{Problem: "no rules"}
	}
	return result{Violations: flatten(validator.ValidateAll(), nil)}
}

// Turns a tree of errors into a list of its leaves.
func flatten(err error, above []string) []violation {
	switch each := err.(type) {
	case nil:
		return nil
	case interface{ AllErrors() []error }:
		var list []violation
		for _, inner := range each.AllErrors() {
			list = append(list, flatten(inner, above)...)
		}
		return list
	case interface {
		Field() string
		Reason() string
		Cause() error
	}:
		path := append(append([]string{}, above...), each.Field())
		if below := flatten(each.Cause(), path); below != nil {
			return below
		}
		return []violation{{Path: path, Reason: each.Reason()}}
	default:
		// The cause of a leaf, such as why a duration is none.
		return nil
	}
}
