import type { LoadBalancerModel, RouteModel } from '../../model/load-balancer';
import { VolumeKind } from '../../model/volume';
import { WorkloadKind, type WorkloadModel } from '../../model/workload';
import type { HostSlot, RouteSlot, WorkloadSlot } from '../slots';
import { isIssued } from './certificates';
import { goesOutByName, hostNamePolicy } from './cilium-policy';
import { configMap, containersOf } from './config-map';
import { accessPolicy, requestBodyPolicy } from './envoy-gateway';
import { isRedirected } from './gateway';
import type { ObjectHanger } from './object-hanger';
import type { KubernetesOptions } from './options';
import { claimName, KEPT, persistentVolumeClaim } from './storage';

/*
 * Nearly always a declaration settles which objects there are. For the rest the whole model is needed: files of a
 * sidecar that was added later, a way out by host name, a limit on one route. These objects come, or go, when the
 * application is validated, which is before anything is rendered.
 */

/** @internal */
export class LateObjects {
  private readonly workloads: WorkloadSlot[] = [];
  private readonly routes: RouteSlot[] = [];
  private readonly hosts: HostSlot[] = [];

  public constructor(private readonly hanger: ObjectHanger, private readonly options: KubernetesOptions) {}

  public remember(slot: { workload?: WorkloadSlot; route?: RouteSlot; host?: HostSlot }): void {
    if (slot.workload !== undefined) this.workloads.push(slot.workload);
    if (slot.route !== undefined) this.routes.push(slot.route);
    if (slot.host !== undefined) this.hosts.push(slot.host);
  }

  /** May be called again: what is there stays. */
  public settle(): void {
    for (const slot of this.workloads) this.settleWorkload(slot, modelOf(slot));
    for (const slot of this.routes) this.settleRoute(slot);
    for (const slot of this.hosts) this.settleHost(slot, slot.lazy(IDENTITY).produce());
  }

  private settleWorkload(slot: WorkloadSlot, model: WorkloadModel): void {
    if (this.options.networkPlugin.knowsHostNames && goesOutByName(model)) {
      this.hanger.add(slot, 'CiliumNetworkPolicy', slot.name, slot.lazy({ render: hostNamePolicy }));
    }
    if (model.sidecars.length === 0 && model.init.length === 0) return;
    if (containersOf(model).some(({ files }) => files.length > 0)) {
      this.hanger.add(slot, 'ConfigMap', `${slot.name}-config`, slot.lazy({ render: configMap }));
    }
    if (model.kind === WorkloadKind.STATEFUL) return;
    for (const volume of containersOf(model).flatMap(({ volumes }) => volumes)) {
      if (volume.kind !== VolumeKind.PERSISTENT || volume.existingName !== undefined) continue;
      const name = claimName(slot.name, volume);
      this.hanger.add(slot, 'PersistentVolumeClaim', name, persistentVolumeClaim(volume), { id: `volume-${volume.name}`, annotations: KEPT });
    }
  }

  private settleRoute(slot: RouteSlot): void {
    const [route, balancer]: [RouteModel, LoadBalancerModel] = slot.lazy({ render: (...models: any[]) => models } as any).produce();
    // What leads nowhere on this target would answer 500.
    if (route.targets.length === 0) return this.hanger.remove(slot, `route-${slot.name}`);
    if (!this.options.edge.isEnvoyGateway || balancer === undefined) return;
    if (route.sourceRanges.length > 0) {
      this.hanger.add(slot, 'SecurityPolicy', slot.name, slot.lazy({ render: (model) => accessPolicy(slot.name, model) }), { id: `access-${slot.name}` });
    }
    if (route.maxRequestBodyBytes !== undefined) {
      const body = slot.lazy({ render: (model) => requestBodyPolicy(slot.name, model) });
      this.hanger.add(slot, 'BackendTrafficPolicy', slot.name, body, { id: `limits-${slot.name}` });
    }
  }

  private settleHost(slot: HostSlot, balancer: LoadBalancerModel): void {
    const host = balancer.hosts.find(({ name }) => name === slot.host);
    if (host?.issuer === undefined || !isIssued(host.issuer)) this.hanger.remove(slot, `certificate-${slot.name}`);
    if (host === undefined || !isRedirected(slot.host, balancer)) this.hanger.remove(slot, `redirect-${slot.name}`);
  }
}

const IDENTITY = { render: (model: any) => model };

function modelOf(slot: WorkloadSlot): WorkloadModel {
  return slot.lazy(IDENTITY).produce();
}
