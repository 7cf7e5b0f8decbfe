// Says which connections the NetworkPolicies of a cluster let pass, by the engine of cyclonus, which was written to hold
// network plug-ins against the API's definition. Reads one question as JSON, writes one line for each open connection.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"

	"github.com/mattfenwick/cyclonus/pkg/matcher"
	v1 "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
)

// An end of a connection: a pod, or, with an address alone, something outside.
type end struct {
	Name            string
	Namespace       string
	NamespaceLabels map[string]string
	Labels          map[string]string
	Address         string
}

type question struct {
	Policies []*networking.NetworkPolicy
	Ends     []end
	Ports    []struct {
		Port     int
		Protocol v1.Protocol
	}
}

func main() {
	var asked question
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		log.Fatal(err)
	}
	policy := matcher.BuildNetworkPolicies(true, asked.Policies)
	for _, from := range asked.Ends {
		for _, to := range asked.Ends {
			for _, port := range asked.Ports {
				traffic := &matcher.Traffic{Source: peer(from), Destination: peer(to), ResolvedPort: port.Port, Protocol: port.Protocol}
				if policy.IsTrafficAllowed(traffic).IsAllowed() {
					fmt.Printf("%s -> %s:%d/%s\n", from.Name, to.Name, port.Port, port.Protocol)
				}
			}
		}
	}
}

func peer(one end) *matcher.TrafficPeer {
	if one.Namespace == "" {
		return &matcher.TrafficPeer{IP: one.Address}
	}
	return &matcher.TrafficPeer{IP: one.Address, Internal: &matcher.InternalPeer{
		PodLabels: one.Labels, NamespaceLabels: one.NamespaceLabels, Namespace: one.Namespace,
	}}
}
