"""A file of quotes of which no line can be read says why, by row and value."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from work_data_hub.application.price_quotes import QuoteDesk
from work_data_hub.config.settings import Settings
from work_data_hub.domain.kernel.errors import InputRefusedError
from work_data_hub.io.connectors.contents import single_file
from work_data_hub.io.connectors.drops import DropFolder
from work_data_hub.io.learners.gbm import GbmLearner
from work_data_hub.registry import load_domains

HEADERS = "order_id,order_line_id,order_date,customer_id,product_id,country,quantity,list_price,currency"


def test_a_file_without_any_readable_day_names_the_first(tmp_path: Path) -> None:
    path = tmp_path / "quotes.csv"
    path.write_text(f"{HEADERS}\nQ1,1,2025-11-31,C1,P1,DE,2,10.00,EUR\n", "utf-8")
    ports: Any = SimpleNamespace(drop_box=DropFolder(tmp_path))
    settings = Settings.model_validate(
        {"database_url": "embedded", "environment": "dev", "company_id_salt": "abcdefgh12345678"}
    )
    desk = QuoteDesk(ports, load_domains(settings)["pricing"], GbmLearner(), "BU1")
    with pytest.raises(InputRefusedError, match="row 2, order_date '2025-11-31': tells no month"):
        desk.score(single_file(path))
