"""The shop of main.ts in Python: the same bytes come out."""
from cdk8s import Chart, Duration, Size
from cdk8s_ha import (
    App, Cpu, Egress, HAWebService, HealthCheck, IsolatedNetwork, LetsEncrypt, LoadBalancer, LoadBalancing, Placement,
    Resources, Secret, SharedVolume, StatefulService, Volume, Worker,
)

app = App()
shop = Chart(app, "shop")

backend = IsolatedNetwork(shop, "backend")
password = Secret(shop, "db-password")
uploads = SharedVolume(shop, "uploads", size=Size.gibibytes(5), storage_class_name="nfs")

db = StatefulService(
    shop, "db",
    image="postgres:17.2",
    port=5432,
    networks=[backend],
    environment={"PGDATA": "/var/lib/postgresql/data/pgdata", "POSTGRES_PASSWORD_FILE": password.path},
    secrets=[password],
    volumes=[
        Volume.persistent("/var/lib/postgresql/data", size=Size.gibibytes(10)),
        Volume.scratch("/var/run/postgresql"),
    ],
    resources=Resources(cpu=Cpu.millis(250), memory=Size.gibibytes(1)),
    health_check=HealthCheck.command(["pg_isready", "-q", "-h", "127.0.0.1", "-U", "postgres"]),
    placement=Placement.on_nodes_with_labels({"db": "true"}),
    drain_timeout=Duration.seconds(60),
)

web = HAWebService(
    shop, "web",
    image="ghcr.io/acme/shop:1.4.2",
    port=8080,
    replicas=3,
    networks=[backend],
    environment={"DB_HOST": db.hostname, "DB_PASSWORD_FILE": password.path},
    secrets=[password],
    volumes=[uploads.mount("/uploads")],
    health_check=HealthCheck.http("/healthz", live_path="/livez"),
)
web.connect_to(db, start_after=True)

web.add_scheduled_job("report", schedule="15 3 * * *", time_zone="Europe/Berlin", command=["shop", "report"])

Worker(
    shop, "mailer",
    image="ghcr.io/acme/shop:1.4.2",
    command=["shop", "worker"],
    networks=[backend],
    environment={"DB_HOST": db.hostname, "DB_PASSWORD_FILE": password.path},
    secrets=[password],
    egress=[Egress.to_hosts(["smtp.acme.example"], [587])],
)

edge = LoadBalancer(
    shop, "edge",
    algorithm=LoadBalancing.least_connections(),
    certificates=LetsEncrypt(shop, "letsencrypt", email="ops@acme.example"),
)
edge.add_route("shop.acme.example", web)
edge.add_route("shop.acme.example", web, path="/upload", max_request_body=Size.mebibytes(50))
edge.add_redirect("www.shop.acme.example", "shop.acme.example")

app.synth()
