"""MLflow behind the tracker port: an experiment and a registered model by name, an alias for the champion."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from work_data_hub.application.models.ports import TrackedModel
from work_data_hub.io.tracking.card import (
    CONTENT_FILE,
    VERSION_TAG,
    experiment_of,
    group_tags,
    metrics_of,
    model_file,
    params_of,
    tags_of,
)
from work_data_hub.io.tracking.database import alone_with, ensure_database, tracking_database
from work_data_hub.io.tracking.library import mlflow_edge, open_client
from work_data_hub.io.tracking.runs import log_artifact, log_metrics, log_params, mlflow_run

if TYPE_CHECKING:
    from mlflow import MlflowClient

ALIAS: Final = "champion"
ARTIFACTS: Final = "mlruns"
_PAGE: Final = 1000


@dataclass(slots=True)
class MlflowTracker:
    """Tells MLflow of models; its database is opened at the first word."""

    warehouse: str
    home: Path
    _opened: list["MlflowClient"] = field(default_factory=list)

    def tracked(self, name: str) -> frozenset[str]:
        """Give the versions of a model that the registry has."""
        client = self._client()
        with mlflow_edge(f"looking for {name}"):
            return frozenset(_registered(client, name))

    def track(self, model: TrackedModel) -> None:
        """Log a version as a run, and register it last: what a crash left of an earlier try is removed."""
        client, name = self._client(), model.kept.name
        with (
            alone_with(tracking_database(self.warehouse), name),
            mlflow_edge(f"taking in {name} {model.kept.version}"),
        ):
            if model.kept.version in _registered(client, name):
                # another process was quicker
                return
            experiment = self._experiment(client, experiment_of(model))
            for left in _runs(client, experiment, model.kept.version):
                client.delete_run(left)
            with mlflow_run(client, experiment, f"{name} {model.kept.version}", tags_of(model)) as run:
                log_params(run, params_of(model))
                log_metrics(run, metrics_of(model))
                for path, text in _files(model).items():
                    log_artifact(run, path, text)
            _ensure_registered(client, name, group_tags(model))
            client.create_model_version(
                name,
                source=f"{run.artifact_uri}/model",
                run_id=run.run_id,
                tags=tags_of(model),
                description=model.reason,
                await_creation_for=0,
            )

    def show_champion(self, name: str, version: str | None) -> None:
        """Let the alias `champion` show a version, or nothing."""
        client = self._client()
        with mlflow_edge(f"showing the champion of {name}"):
            known = _registered(client, name)
            if not known:
                return
            shown = client.get_registered_model(name).aliases.get(ALIAS)
            wanted = known.get(version or "")
            if wanted is None and shown is not None:
                client.delete_registered_model_alias(name, ALIAS)
            elif wanted is not None and str(shown) != wanted:
                client.set_registered_model_alias(name, ALIAS, wanted)

    def _client(self) -> "MlflowClient":
        if not self._opened:
            self._opened.append(open_client(ensure_database(self.warehouse)))
        return self._opened[0]

    def _experiment(self, client: "MlflowClient", name: str) -> str:
        found = client.get_experiment_by_name(name)
        if found is not None:
            return str(found.experiment_id)
        folder = (self.home / ARTIFACTS / name).absolute()
        return str(client.create_experiment(name, artifact_location=folder.as_uri()))


def _registered(client: "MlflowClient", name: str) -> dict[str, str]:
    """Give the registry's number of each version."""
    found: dict[str, str] = {}
    token: str | None = None
    while True:
        page = client.search_model_versions(f"name = '{name}'", max_results=_PAGE, page_token=token)
        found |= {line.tags[VERSION_TAG]: str(line.version) for line in page if VERSION_TAG in line.tags}
        token = page.token
        if not token:
            return found


def _ensure_registered(client: "MlflowClient", name: str, tags: Mapping[str, str]) -> None:
    if not client.search_registered_models(f"name = '{name}'", max_results=1):
        client.create_registered_model(name, tags=dict(tags))


def _runs(client: "MlflowClient", experiment: str, version: str) -> list[str]:
    found = client.search_runs([experiment], f"tags.{VERSION_TAG} = '{version}'")
    return [run.info.run_id for run in found]


def _files(model: TrackedModel) -> dict[str, str]:
    kept = model.kept
    files = {
        f"model/{CONTENT_FILE}": kept.content or "",
        "model/MLmodel": model_file(model),
        "model/about.json": _json(kept.about),
        "evidence.json": _json(model.evidence),
    }
    manifest = kept.about.get("manifest")
    return files | ({"model/features.json": _json(manifest)} if manifest else {})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
