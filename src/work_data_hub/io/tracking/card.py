"""What a model's registry entry says of it: signature, tags, parameters, metrics, all from `about` and the evidence."""

from collections.abc import Mapping
from typing import Any, Final

from work_data_hub.application.models.ports import TrackedModel

CONTENT_FILE: Final = "model.txt"
# the tag by which a version is found again
VERSION_TAG: Final = "wdh_version"
DEFAULT_SCENARIO: Final = "A"


def experiment_of(model: TrackedModel) -> str:
    """Name the experiment: the one that the training names, or that of the model, as price_rec_BU1."""
    return str(model.kept.about.get("experiment") or model.kept.name)


def tags_of(model: TrackedModel) -> dict[str, str]:
    """Give what a version can be found by."""
    kept = model.kept
    tags = {
        VERSION_TAG: kept.version,
        "wdh_run_id": kept.run_id,
        "table": kept.table,
        "sha256": kept.sha256,
        **group_tags(model),
    }
    told = {"period": kept.period, "verdict": model.verdict, "reason": model.reason}
    return tags | {name: str(value) for name, value in told.items() if value is not None}


def group_tags(model: TrackedModel) -> dict[str, str]:
    """Give the tags that all versions of a model share."""
    kept = model.kept
    tags = {"domain": kept.domain, "scenario": str(kept.about.get("scenario", DEFAULT_SCENARIO))}
    return tags | ({"bu": kept.member} if kept.member else {})


def params_of(model: TrackedModel) -> dict[str, Any]:
    """Give parameters, seed, and the versions of the inputs and of the code."""
    about = model.kept.about
    inputs = [f"{read['name']} {read['scope']} {read['version']}" for read in about.get("inputs", ())]
    return {
        **about.get("params", {}),
        "seed": about.get("seed"),
        "code_version": about.get("code_version"),
        "inputs": "; ".join(inputs),
    }


def metrics_of(model: TrackedModel) -> dict[str, Any]:
    """Give the training's overall metrics, and loss and coverage of all candidates; about.json has the rest."""
    overall = {
        name: value
        for name, value in model.kept.about.get("metrics", {}).items()
        if not isinstance(value, Mapping)
    }
    candidates: Mapping[str, Any] = model.evidence.get("candidates", {})
    judged = {
        role: {"loss": candidate["loss"], "coverage": candidate["coverage"]}
        for role, candidate in candidates.items()
        if candidate
    }
    return {**overall, **judged}


def model_file(model: TrackedModel) -> str:
    """Give the MLmodel file: which file holds the model, and its signature; no pickle is named in it."""
    from mlflow.models import Model, ModelSignature
    from mlflow.types import ColSpec, Schema, TensorSpec

    about = model.kept.about
    text = set(about.get("categorical", ()))
    inputs: list[ColSpec | TensorSpec] = [
        ColSpec("string" if name in text else "double", name, required=False)
        for name in about.get("features", ())
    ]
    outputs: list[ColSpec | TensorSpec] = [
        ColSpec("double", f"quantile {quantile}") for quantile in about.get("quantiles", ())
    ]
    signature = ModelSignature(Schema(inputs), Schema(outputs)) if inputs and outputs else None
    made = Model(
        signature=signature,
        flavors={"work_data_hub": {"data": CONTENT_FILE, "sha256": model.kept.sha256}},
        # equal content has an equal file
        utc_time_created=model.kept.created_at,
        model_uuid=model.kept.sha256[:32],
    )
    return str(made.to_yaml())
