/*
 * What the programs of a node read.
 */

export const CLUSTER_DNS = '10.0.0.10';
const SOCKET = 'unix:///run/containerd/containerd.sock';

export function kubeletConfiguration(node: string, folder: string): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    // The API server shows no certificate that this node knows; nobody else reaches it.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    cgroupRoot: `/${node}`,
    cgroupDriver: 'cgroupfs',
    failCgroupV1: false,
    clusterDNS: [CLUSTER_DNS],
    clusterDomain: 'cluster.local',
    containerRuntimeEndpoint: SOCKET,
    resolvConf: `${folder}/resolv.conf`,
    podLogsDir: `${folder}/pods`,
    // Other tests fill the same disk.
    evictionHard: { 'nodefs.available': '1%', 'imagefs.available': '1%', 'memory.available': '100Mi' },
    imageGCHighThresholdPercent: 100,
    imageMinimumGCAge: '24h',
  };
}

export function kubeProxyConfiguration(node: string, folder: string): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: { kubeconfig: `${folder}/kubeconfig` },
    hostnameOverride: node,
    mode: 'iptables',
    clusterCIDR: '198.19.0.0/16',
    // What only the machine's first network namespace can set.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  };
}

export function containerdConfiguration(folder: string, plugins: string): string {
  return `version = 3
root = '${folder}/containerd'
state = '/run/containerd'

[grpc]
  address = '/run/containerd/containerd.sock'

[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = 'localhost/cdk8s-ha/pause:1'

[plugins.'io.containerd.cri.v1.runtime']
  disable_apparmor = true
  # Without CAP_SYS_RESOURCE nothing may be spared more than this process is.
  restrict_oom_score_adj = true

[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = ['${plugins}']
  conf_dir = '${folder}/network'
`;
}

export function networkConfiguration(pods: string, folder: string): object {
  return {
    cniVersion: '1.0.0',
    name: 'pods',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        hairpinMode: true,
        ipam: { type: 'host-local', dataDir: `${folder}/addresses`, ranges: [[{ subnet: pods }]], routes: [{ dst: '0.0.0.0/0' }] },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
}
