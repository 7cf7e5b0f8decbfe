/** A small but whole application: what every predicate holds to be right. Tests break one thing of it at a time. */
export const GOOD_MANIFESTS = `
apiVersion: v1
kind: ServiceAccount
metadata: { name: web }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: web-config-3f2a9c }
immutable: true
data: { app.conf: "debug off" }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports: [{ name: http, port: 80, targetPort: http, protocol: TCP }]
---
apiVersion: v1
kind: Service
metadata: { name: db }
spec:
  clusterIP: None
  selector: { app: db }
  ports: [{ name: sql, port: 5432, targetPort: 5432, protocol: TCP }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app.kubernetes.io/version: "1.4.2" } }
spec:
  selector: { matchLabels: { app: web } }
  strategy: { type: RollingUpdate, rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }
  template:
    metadata: { labels: { app: web } }
    spec:
      serviceAccountName: web
      terminationGracePeriodSeconds: 45
      topologySpreadConstraints:
        - { maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: { matchLabels: { app: web } } }
      containers:
        - name: web
          image: nginx:1.29
          imagePullPolicy: IfNotPresent
          ports: [{ name: http, containerPort: 8080, protocol: TCP }]
          env: [{ name: TOKEN, valueFrom: { secretKeyRef: { name: elsewhere, key: token } } }]
          lifecycle: { preStop: { sleep: { seconds: 10 } } }
          readinessProbe: { httpGet: { path: /, port: http }, periodSeconds: 5, timeoutSeconds: 2 }
          volumeMounts: [{ name: config, mountPath: /etc/app, readOnly: true }]
      volumes: [{ name: config, configMap: { name: web-config-3f2a9c, items: [{ key: app.conf, path: app.conf }] } }]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  replicas: 1
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec:
      containers:
        - name: db
          image: postgres:17.2
          ports: [{ name: sql, containerPort: 5432, protocol: TCP }]
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 10Gi } } }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: backup }
spec:
  schedule: 0 3 * * *
  jobTemplate:
    spec:
      template:
        metadata: { labels: { app: backup } }
        spec:
          restartPolicy: Never
          containers: [{ name: backup, image: "backup:1.0" }]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web }
spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: AlwaysAllow, selector: { matchLabels: { app: web } } }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web }
spec: { minReplicas: 2, maxReplicas: 5, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web }
spec:
  podSelector: { matchLabels: { app: web } }
  policyTypes: [Ingress, Egress]
  egress: [{ to: [{ podSelector: { matchLabels: { app: db } } }], ports: [{ port: 5432, protocol: TCP }] }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: db }
spec:
  podSelector: { matchLabels: { app: db } }
  policyTypes: [Ingress, Egress]
  ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: sql, protocol: TCP }] }]
---
apiVersion: cert-manager.io/v1
kind: Issuer
metadata: { name: letsencrypt }
spec: { selfSigned: {} }
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: { name: shop }
spec: { secretName: shop-tls, dnsNames: [shop.acme.example], issuerRef: { name: letsencrypt, kind: Issuer } }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge }
spec:
  gatewayClassName: eg
  listeners:
    - name: https
      port: 443
      protocol: HTTPS
      hostname: shop.acme.example
      tls: { mode: Terminate, certificateRefs: [{ name: shop-tls }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web }
spec:
  hostnames: [shop.acme.example]
  parentRefs: [{ name: edge, sectionName: https }]
  rules: [{ backendRefs: [{ name: web, port: 80 }] }]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec:
  rules: [{ host: shop.acme.example, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { name: http } } } }] } }]
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: elsewhere }
spec: { secretStoreRef: { name: vault, kind: ClusterSecretStore }, data: [{ secretKey: token, remoteRef: { key: shop/token } }] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: web }
rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: web }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: web }
subjects: [{ kind: ServiceAccount, name: web }]
`;
