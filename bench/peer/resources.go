package main

import (
	"fmt"

	"google.golang.org/protobuf/types/known/durationpb"

	cluster "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
)

// The same messages as in bench/resources.ts.

func makeCluster(i, round int, owner string) *cluster.Cluster {
	return &cluster.Cluster{
		Name:                 fmt.Sprintf("cluster-%06d", i),
		ClusterDiscoveryType: &cluster.Cluster_Type{Type: cluster.Cluster_EDS},
		EdsClusterConfig: &cluster.Cluster_EdsClusterConfig{
			ServiceName: fmt.Sprintf("%s/service-%06d", owner, i),
			EdsConfig: &core.ConfigSource{
				ResourceApiVersion:    core.ApiVersion_V3,
				ConfigSourceSpecifier: &core.ConfigSource_Ads{Ads: &core.AggregatedConfigSource{}},
			},
		},
		ConnectTimeout: &durationpb.Duration{Seconds: 5, Nanos: int32(round) * 1000},
		LbPolicy:       cluster.Cluster_LEAST_REQUEST,
	}
}

func makeEndpoints(i, round, hosts int) *endpoint.ClusterLoadAssignment {
	var endpoints []*endpoint.LbEndpoint
	for j := 0; j < hosts; j++ {
		address := &core.Address{Address: &core.Address_SocketAddress{SocketAddress: &core.SocketAddress{
			Address:       fmt.Sprintf("10.%d.%d.%d", i>>8&255, i&255, j),
			PortSpecifier: &core.SocketAddress_PortValue{PortValue: uint32(8000 + round)},
		}}}
		endpoints = append(endpoints, &endpoint.LbEndpoint{
			HostIdentifier: &endpoint.LbEndpoint_Endpoint{Endpoint: &endpoint.Endpoint{Address: address}},
		})
	}
	return &endpoint.ClusterLoadAssignment{
		ClusterName: fmt.Sprintf("cluster-%06d", i),
		Endpoints: []*endpoint.LocalityLbEndpoints{{
			Locality:    &core.Locality{Region: "region", Zone: "zone"},
			LbEndpoints: endpoints,
		}},
	}
}
