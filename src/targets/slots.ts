import { Lazy, type Chart, type IAnyProducer } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import type { ExternalServiceModel, SharedVolumeModel } from '../model/app-model';
import type { IssuerModel } from '../model/certificate';
import type { LoadBalancerModel, RouteModel } from '../model/load-balancer';
import type { LinkModel, NetworkFacts, NetworkModel, PodsModel } from '../model/network';
import type { SecretModel } from '../model/secret';
import type { StreamRouteModel } from '../model/stream-route';
import type { WorkloadFacts, WorkloadModel } from '../model/workload';

/*
 * A target binds to a slot, never to the construct: when a construct is created its model is half-built, and a slot
 * has no way to read it before synth.
 */

/**
 * The place where a target hangs what it renders for one construct.
 */
export class Slot {
  /** @internal */
  public constructor(
    /** Scope for the target's objects. */
    public readonly scope: Construct,
    /** The construct's chart. */
    public readonly chart: Chart,
    /** The construct's name on every target. */
    public readonly name: string,
  ) {}
}

/** Renders a workload. */
export interface IWorkloadRenderer {
  /**
   * The body of one object.
   *
   * @param model the complete workload
   */
  render(model: WorkloadModel): any;
}

/** The place for a workload's objects. */
export class WorkloadSlot extends Slot {
  /**
   * @param scope scope for the target's objects
   * @param chart the construct's chart
   * @param name the construct's name on every target
   * @internal
   */
  public constructor(
    scope: Construct, chart: Chart, name: string,
    /** What is settled already, and decides which objects there are. */
    public readonly facts: WorkloadFacts,
    /** Gives the complete model at synth. */
    private readonly model: IAnyProducer,
  ) {
    super(scope, chart, name);
  }

  /**
   * A body that is rendered at synth.
   *
   * @param renderer called with the complete model
   */
  public lazy(renderer: IWorkloadRenderer): any {
    return Lazy.any({ produce: () => renderer.render(this.model.produce()) });
  }
}

/** Renders a network. */
export interface INetworkRenderer {
  /**
   * The body of one object.
   *
   * @param model the complete network
   */
  render(model: NetworkModel): any;
}

/** The place for a network's objects. */
export class NetworkSlot extends Slot {
  /**
   * @param scope scope for the target's objects
   * @param chart the construct's chart
   * @param name the construct's name on every target
   * @internal
   */
  public constructor(
    scope: Construct, chart: Chart, name: string,
    /** What is settled already, and decides which objects there are. */
    public readonly facts: NetworkFacts,
    /** Gives the complete model at synth. */
    private readonly model: IAnyProducer,
  ) {
    super(scope, chart, name);
  }

  /**
   * A body that is rendered at synth.
   *
   * @param renderer called with the complete model
   */
  public lazy(renderer: INetworkRenderer): any {
    return Lazy.any({ produce: () => renderer.render(this.model.produce()) });
  }
}

/** Renders a link. */
export interface ILinkRenderer {
  /**
   * The body of one object; undefined where the link needs none.
   *
   * @param model the complete link
   */
  render(model: LinkModel): any;
}

/** The place for a link's objects. */
export class LinkSlot extends Slot {
  /**
   * @param scope scope for the target's objects
   * @param chart the construct's chart
   * @param name the construct's name on every target
   * @internal
   */
  public constructor(
    scope: Construct, chart: Chart, name: string,
    /** Who is called; `scope` calls. */
    public readonly callee: IConstruct,
    /** Whether the caller starts after the callee. */
    public readonly startAfter: boolean,
    /** Gives the complete model at synth. */
    private readonly model: IAnyProducer,
  ) {
    super(scope, chart, name);
  }

  /**
   * A body that is rendered at synth.
   *
   * @param renderer called with the complete model
   */
  public lazy(renderer: ILinkRenderer): any {
    return Lazy.any({ produce: () => renderer.render(this.model.produce()) });
  }
}

/** Renders pods of another library that joined a network. */
export interface IPodsRenderer {
  /**
   * The body of one object.
   *
   * @param model the complete membership
   */
  render(model: PodsModel): any;
}

/** The place for the objects of pods of another library. */
export class PodsSlot extends Slot {
  /**
   * @param scope scope for the target's objects
   * @param chart the construct's chart
   * @param name the construct's name on every target
   * @internal
   */
  public constructor(
    scope: Construct, chart: Chart, name: string,
    /** Gives the complete model at synth. */
    private readonly model: IAnyProducer,
  ) {
    super(scope, chart, name);
  }

  /**
   * A body that is rendered at synth.
   *
   * @param renderer called with the complete model
   */
  public lazy(renderer: IPodsRenderer): any {
    return Lazy.any({ produce: () => renderer.render(this.model.produce()) });
  }
}

/** Renders a load balancer. */
export interface ILoadBalancerRenderer {
  /**
   * The body of one object.
   *
   * @param model the complete load balancer
   */
  render(model: LoadBalancerModel): any;
}

/** The place for a load balancer's objects. */
export class LoadBalancerSlot extends Slot {
  /**
   * @param scope scope for the target's objects
   * @param chart the construct's chart
   * @param name the construct's name on every target
   * @internal
   */
  public constructor(
    scope: Construct, chart: Chart, name: string,
    /** Gives the complete model at synth. */
    private readonly model: IAnyProducer,
  ) {
    super(scope, chart, name);
  }

  /**
   * A body that is rendered at synth.
   *
   * @param renderer called with the complete model
   */
  public lazy(renderer: ILoadBalancerRenderer): any {
    return Lazy.any({ produce: () => renderer.render(this.model.produce()) });
  }
}

/** Renders a route. */
export interface IRouteRenderer {
  /**
   * The body of one object.
   *
   * @param route the complete route
   * @param loadBalancer its load balancer
   */
  render(route: RouteModel, loadBalancer: LoadBalancerModel): any;
}

/** The place for a route's objects: one for each host, path and match. */
export class RouteSlot extends Slot {
  /**
   * @param scope scope for the target's objects
   * @param chart the construct's chart
   * @param name the construct's name on every target
   * @internal
   */
  public constructor(
    scope: Construct, chart: Chart, name: string,
    /** Host name. */
    public readonly host: string,
    /** Path prefix. */
    public readonly path: string,
    /** Gives the complete model at synth. */
    private readonly model: IAnyProducer,
    /** Gives the complete model at synth. */
    private readonly loadBalancer: IAnyProducer,
  ) {
    super(scope, chart, name);
  }

  /**
   * A body that is rendered at synth.
   *
   * @param renderer called with the complete models
   */
  public lazy(renderer: IRouteRenderer): any {
    return Lazy.any({ produce: () => renderer.render(this.model.produce(), this.loadBalancer.produce()) });
  }
}

/** Renders a route of connections. */
export interface IStreamRouteRenderer {
  /**
   * The body of one object.
   *
   * @param stream the complete route
   * @param loadBalancer its load balancer, which does not have the route where the target does not render its workload
   */
  render(stream: StreamRouteModel, loadBalancer: LoadBalancerModel): any;
}

/** The place for the objects of a route of connections: one for each server name of TLS, and each port. */
export class StreamRouteSlot extends Slot {
  /**
   * @param scope scope for the target's objects
   * @param chart the construct's chart
   * @param name the construct's name on every target
   * @internal
   */
  public constructor(
    scope: Construct, chart: Chart, name: string,
    /** Port where the load balancer listens. */
    public readonly port: number,
    /** Gives the complete model at synth. */
    private readonly model: IAnyProducer,
    /** Gives the complete model at synth. */
    private readonly loadBalancer: IAnyProducer,
    /** TLS: the server name; undefined: every connection to the port. */
    public readonly host?: string,
  ) {
    super(scope, chart, name);
  }

  /**
   * A body that is rendered at synth.
   *
   * @param renderer called with the complete models
   */
  public lazy(renderer: IStreamRouteRenderer): any {
    return Lazy.any({ produce: () => renderer.render(this.model.produce(), this.loadBalancer.produce()) });
  }
}

/** The place for the objects of one host of a load balancer: its certificate, its redirect. */
export class HostSlot extends Slot {
  /**
   * @param scope scope for the target's objects
   * @param chart the construct's chart
   * @param name the construct's name on every target
   * @internal
   */
  public constructor(
    scope: Construct, chart: Chart, name: string,
    /** Host name. */
    public readonly host: string,
    /** Whether somebody issues a certificate for it. */
    public readonly secure: boolean,
    /** Gives the complete model at synth. */
    private readonly loadBalancer: IAnyProducer,
    /** Host name visitors are sent to; undefined: the host has routes of its own. */
    public readonly redirectTo?: string,
  ) {
    super(scope, chart, name);
  }

  /**
   * A body that is rendered at synth.
   *
   * @param renderer called with the host's load balancer
   */
  public lazy(renderer: ILoadBalancerRenderer): any {
    return Lazy.any({ produce: () => renderer.render(this.loadBalancer.produce()) });
  }
}

/** Renders an issuer. */
export interface IIssuerRenderer {
  /**
   * The body of one object.
   *
   * @param model the complete issuer
   * @param loadBalancers the load balancers that use it
   */
  render(model: IssuerModel, loadBalancers: LoadBalancerModel[]): any;
}

/** The place for an issuer's objects. */
export class IssuerSlot extends Slot {
  /**
   * @param scope scope for the target's objects
   * @param chart the construct's chart
   * @param name the construct's name on every target
   * @internal
   */
  public constructor(
    scope: Construct, chart: Chart, name: string,
    /** What is settled already. */
    public readonly facts: IssuerModel,
    /** Gives the complete model at synth. */
    private readonly loadBalancers: IAnyProducer,
  ) {
    super(scope, chart, name);
  }

  /**
   * A body that is rendered at synth.
   *
   * @param renderer called with the complete model
   */
  public lazy(renderer: IIssuerRenderer): any {
    return Lazy.any({ produce: () => renderer.render(this.facts, this.loadBalancers.produce()) });
  }
}

/** The place for a secret's objects; a secret is complete when it is declared. */
export class SecretSlot extends Slot {
  /**
   * @param scope scope for the target's objects
   * @param chart the construct's chart
   * @param name the construct's name on every target
   * @internal
   */
  public constructor(
    scope: Construct, chart: Chart, name: string,
    /** The secret. */
    public readonly model: SecretModel,
  ) {
    super(scope, chart, name);
  }
}

/** The place for a shared volume's objects; a shared volume is complete when it is declared. */
export class SharedVolumeSlot extends Slot {
  /**
   * @param scope scope for the target's objects
   * @param chart the construct's chart
   * @param name the construct's name on every target
   * @internal
   */
  public constructor(
    scope: Construct, chart: Chart, name: string,
    /** The shared volume. */
    public readonly model: SharedVolumeModel,
  ) {
    super(scope, chart, name);
  }
}

/** The place for an external service's objects; an external service is complete when it is declared. */
export class ExternalServiceSlot extends Slot {
  /**
   * @param scope scope for the target's objects
   * @param chart the construct's chart
   * @param name the construct's name on every target
   * @internal
   */
  public constructor(
    scope: Construct, chart: Chart, name: string,
    /** The external service. */
    public readonly model: ExternalServiceModel,
  ) {
    super(scope, chart, name);
  }
}
