package discovery

import (
	"hash/maphash"

	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
)

// Response has the fields of a response of either kind that a client needs.
type Response struct {
	TypeURL, Version, Nonce           string
	Resources, Removed, Bytes, Digest int64
	// Whether the digest, and in delta the versions of resources, are wanted.
	Keep Keep
	// The versions of resources by name.
	Versions map[string]string
}

// Keep says what of the resources is read.
type Keep int

const (
	// Counts reads nothing of them.
	Counts Keep = iota
	// Contents makes a digest of their bytes.
	Contents
	// Versions also reads the version of each, which delta has.
	Versions
)

// Fields that DiscoveryResponse and DeltaDiscoveryResponse have in common, and the removed names of the latter.
const (
	responseVersion   = 1
	responseResources = 2
	responseTypeURL   = 4
	responseNonce     = 5
	responseRemoved   = 6
)

// The same seed for all streams of this process, whose digests are compared.
var seed = maphash.MakeSeed()

func (r *Response) read(data []byte) error {
	r.Bytes = int64(len(data))
	return eachField(data, func(number protowire.Number, value []byte) error {
		switch number {
		case responseVersion:
			r.Version = string(value)
		case responseResources:
			r.Resources++
			return r.readResource(value)
		case responseTypeURL:
			if r.Keep != Counts {
				r.TypeURL = string(value)
			}
		case responseNonce:
			r.Nonce = string(value)
		case responseRemoved:
			r.Removed++
		}
		return nil
	})
}

// Fields of a resource of delta.
const (
	resourceVersion = 1
	resourceName    = 3
)

func (r *Response) readResource(data []byte) error {
	if r.Keep == Counts {
		return nil
	}
	r.Digest = r.Digest*31 + int64(maphash.Bytes(seed, data))
	if r.Keep != Versions {
		return nil
	}
	var name, version string
	err := eachField(data, func(number protowire.Number, value []byte) error {
		switch number {
		case resourceVersion:
			version = string(value)
		case resourceName:
			name = string(value)
		}
		return nil
	})
	if r.Versions == nil {
		r.Versions = map[string]string{}
	}
	r.Versions[name] = version
	return err
}

// Calls back for each field that has a length.
func eachField(data []byte, use func(protowire.Number, []byte) error) error {
	for len(data) > 0 {
		number, kind, n := protowire.ConsumeTag(data)
		if n < 0 {
			return protowire.ParseError(n)
		}
		data = data[n:]
		if kind != protowire.BytesType {
			if n = protowire.ConsumeFieldValue(number, kind, data); n < 0 {
				return protowire.ParseError(n)
			}
			data = data[n:]
			continue
		}
		value, n := protowire.ConsumeBytes(data)
		if n < 0 {
			return protowire.ParseError(n)
		}
		data = data[n:]
		if err := use(number, value); err != nil {
			return err
		}
	}
	return nil
}

// Codec sends requests, which are encoded already, and reads responses.
type Codec struct{}

// Name is the content type.
func (Codec) Name() string { return "proto" }

// Marshal takes a pointer to an encoded request.
func (Codec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(*v.(*[]byte))}, nil
}

// Unmarshal takes a pointer to a Response.
func (Codec) Unmarshal(data mem.BufferSlice, v any) error {
	buffer := data.MaterializeToBuffer(mem.DefaultBufferPool())
	defer buffer.Free()
	return v.(*Response).read(buffer.ReadOnlyData())
}
