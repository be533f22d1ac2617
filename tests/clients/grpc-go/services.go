//go:build !v2

package main

import (
	"context"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// What a server says of itself by gRPC's standard services.
type described struct {
	Health   string   `json:"health"`
	Services []string `json:"services"`
	Methods  []string `json:"methods"`
	Fields   int      `json:"fields"`
}

// Asks for the health of a service, and for the descriptors of it and of a message.
func describe(c command) (any, error) {
	connection, err := grpc.NewClient(c.Target, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(c.TimeoutMs)*time.Millisecond)
	defer cancel()
	health, err := grpc_health_v1.NewHealthClient(connection).Check(ctx, &grpc_health_v1.HealthCheckRequest{Service: c.Service})
	if err != nil {
		return nil, err
	}
	stream, err := grpc_reflection_v1.NewServerReflectionClient(connection).ServerReflectionInfo(ctx)
	if err != nil {
		return nil, err
	}
	result := described{Health: health.GetStatus().String()}
	list, err := ask(stream, &grpc_reflection_v1.ServerReflectionRequest{
		MessageRequest: &grpc_reflection_v1.ServerReflectionRequest_ListServices{},
	})
	if err != nil {
		return nil, err
	}
	for _, service := range list.GetListServicesResponse().GetService() {
		result.Services = append(result.Services, service.GetName())
	}
	files := &descriptorpb.FileDescriptorSet{}
	for _, symbol := range []string{c.Service, c.Message} {
		found, err := ask(stream, &grpc_reflection_v1.ServerReflectionRequest{
			MessageRequest: &grpc_reflection_v1.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: symbol},
		})
		if err != nil {
			return nil, err
		}
		for _, bytes := range found.GetFileDescriptorResponse().GetFileDescriptorProto() {
			file := &descriptorpb.FileDescriptorProto{}
			if err := proto.Unmarshal(bytes, file); err != nil {
				return nil, err
			}
			files.File = append(files.File, file)
		}
	}
	registry, err := protodesc.NewFiles(files)
	if err != nil {
		return nil, err
	}
	service, err := registry.FindDescriptorByName(protoreflect.FullName(c.Service))
	if err != nil {
		return nil, err
	}
	methods := service.(protoreflect.ServiceDescriptor).Methods()
	for i := range methods.Len() {
		result.Methods = append(result.Methods, string(methods.Get(i).Name()))
	}
	message, err := registry.FindDescriptorByName(protoreflect.FullName(c.Message))
	if err != nil {
		return nil, err
	}
	result.Fields = message.(protoreflect.MessageDescriptor).Fields().Len()
	return result, stream.CloseSend()
}

func ask(
	stream grpc_reflection_v1.ServerReflection_ServerReflectionInfoClient,
	request *grpc_reflection_v1.ServerReflectionRequest,
) (*grpc_reflection_v1.ServerReflectionResponse, error) {
	if err := stream.Send(request); err != nil {
		return nil, err
	}
	return stream.Recv()
}
