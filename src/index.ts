/*
 * The public surface, name by name: what is not here is internal.
 */

export { App, AppProps } from './app';

// --- what runs
export { ContainerProps } from './constructs/container-props';
export { Workload } from './constructs/workload';
export { WorkloadProps, ReplicatedProps, MetricsProps, PortProps } from './constructs/workload-props';
export { ReleaseStepProps } from './constructs/release-step';
export { HAWebService, HAWebServiceProps } from './constructs/ha-web-service';
export { Worker, WorkerProps } from './constructs/worker';
export { StatefulService, StatefulServiceProps } from './constructs/stateful-service';
export { VolumeRetention, WhenGone } from './constructs/volume-retention';
export { ScheduledJob, ScheduledJobProps, ScheduleProps, AddScheduledJobProps } from './constructs/scheduled-job';
export { Secret, SecretProps } from './constructs/secret';
export { SharedVolume, SharedVolumeProps } from './constructs/shared-volume';

// --- who may talk to whom
export { NetworkBase, INetworkAttachment, AttachOptions } from './constructs/network';
export { IsolatedNetwork, IsolatedNetworkProps } from './constructs/isolated-network';
export { MacvlanNetwork, MacvlanNetworkProps, IpvlanNetwork, IpvlanNetworkProps, Layer2NetworkProps } from './constructs/layer2-network';
export { NetworkMode } from './constructs/network-mode';
export { NetworkModeKind, NetworkModeModel } from './model/network-mode';
export { ICallee, ConnectOptions } from './constructs/connection';
export { ExternalService, ExternalServiceProps } from './constructs/external-service';
export { Egress, EgressKind } from './model/egress';

// --- how visitors come in
export { LoadBalancer } from './constructs/load-balancer';
export { CopyTls, LoadBalancerProps, RouteMatch, RouteMirror, RouteOptions } from './constructs/load-balancer-props';
export { StreamRouteOptions } from './constructs/stream-routes';
export { RouteAccess, ForwardAuthOptions } from './constructs/route-access';
export { AccessKind, AccessRule, ForwardAuthModel } from './model/access-rule';
export { AuthorityModel } from './model/authority';
export { LoadBalancing, LoadBalancingAlgorithm, HashKey } from './model/load-balancing';
export * from './loadbalancers/load-balancer-backend';
export { ILoadBalancerBackend, LoadBalancerSidecar, LoweredLoadBalancer, Sysctl } from './model/load-balancer-backend';
export { CertificateIssuer } from './constructs/certificate-issuer';
export { LetsEncrypt, LetsEncryptProps, AcmeIssuer, AcmeIssuerProps, AcmeOptions } from './constructs/acme-issuer';
export { LocalCertificates } from './constructs/local-certificates';
export { CertificateFiles, CertificateFilesProps } from './constructs/certificate-files';
export {
  AzureDnsOptions, CloudDnsOptions, Dns01, Dns01WebhookOptions, Rfc2136Options, Route53Credentials, TsigAlgorithm,
} from './constructs/dns01';
export { KeyType, IssuerKind, IssuerModel, Dns01Model } from './model/certificate';

// --- choices
export { Port, Protocol, PublishedPort } from './model/port';
export {
  HealthCheck, HealthCheckKind, HealthCheckOptions, NetworkHealthCheckOptions, HttpHealthCheckOptions, CommandHealthCheckOptions,
} from './model/health-check';
export { Volume, VolumeKind, PersistentVolumeOptions, ScratchVolumeOptions, MountOptions } from './model/volume';
export { Security, SecurityLevel, RestrictedOptions } from './model/security';
export { Cpu, Resources, ResourcesModel } from './model/resources';
export { ScalingMetric, ScalingKind } from './model/scaling';
export { Placement } from './model/placement';
export { Spread } from './model/spread';
export { ExternalSecretSource, SecretModel } from './model/secret';

// --- guarantees
export { Guarantee, Level } from './model/guarantee';
export { Answer, Answers, AllAnswers, WorkloadAnswers, NetworkAnswers, LoadBalancerAnswers } from './model/answer';
export { Finding, Severity } from './model/finding';

// --- targets
export { Target, TargetProps, Acceptance, OutputFile, SynthContext, RenderedTarget } from './targets/target';
export * from './targets/kubernetes/kubernetes-target';
export * from './targets/kubernetes/kubernetes-target-props';
export * from './targets/kubernetes/edges/kubernetes-edge';
export * from './targets/kubernetes/kubernetes-objects';
export * from './targets/compose/compose-target';
export * from './targets/compose/compose-objects';
export { DockerObjects, type DockerObjectProps } from './targets/compose/docker-objects';
export * from './targets/swarm/swarm-target';
export * from './targets/swarm/swarm-objects';
export { Fragment } from './targets/fragment';
export * from './targets/slots';

// --- the model, for targets and back ends of one's own
export { AppModel, ChartModel, SharedVolumeModel, ExternalServiceModel } from './model/app-model';
export {
  WorkloadModel, WorkloadKind, WorkloadFacts, ContainerModel, FileModel, ConnectionModel, PeerModel, PeerKind, AttachmentModel,
  ScheduleModel, Overlap, StatefulModel, ReleaseStepModel,
} from './model/workload';
export { NetworkModel, NetworkFacts, Layer2Driver, Layer2Model, IpvlanMode, LinkModel, CutLinkModel, PodsModel } from './model/network';
export { LoadBalancerModel, RouteModel, RouteTargetModel, CopyTlsModel, MirrorModel, RedirectModel, HostModel } from './model/load-balancer';
export { StreamRouteModel } from './model/stream-route';
export { CronSchedule } from './model/cron';
export { ITargetTraits, StandInNames } from './model/traits';
