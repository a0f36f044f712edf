"""What is known about company ids: learnt keys, names still without an id, and ids that took another's place."""

from work_data_hub.domain.annuity.columns import COMPANY_ORIGINS, NAME
from work_data_hub.domain.annuity.contracts.shapes import OWNER, RUN
from work_data_hub.domain.kernel.columns import stamp, text
from work_data_hub.domain.kernel.contract import (
    COUNT,
    DAY,
    RATE,
    STAMP,
    Check,
    Column,
    Role,
    TableContract,
    WriteMode,
)

LOOKUP_TYPES = ("plan_code", "account_name", "account_number", "customer_name", "plan_customer")
QUEUE_STATES = ("pending", "processing", "done", "failed")
SHARE = RATE

COMPANY_INDEX = TableContract(
    key="annuity.silver.company_index",
    version="1.0.0",
    label="公司代码缓存",
    description="Company ids that the source's own ids taught, by key and month; later months look here first.",
    grain="one row per month, kind of key and key whose company id is new or another one since then",
    owner=OWNER,
    columns=(
        Column("period", DAY, "月度", "month that taught it; known to later months only", role=Role.LINEAGE),
        text(
            "lookup_type",
            "查找类型",
            "what kind of key it is",
            nullable=False,
            checks=(Check("known_type", one_of=LOOKUP_TYPES),),
        ),
        text(
            "lookup_key",
            "查找键",
            "the key; a pair is written plan|customer",
            nullable=False,
            personal=NAME,
            sources=("plan_code", "group_customer_number", "customer_name"),
        ),
        text("company_id", "company_id", "company id", nullable=False, sources=("source_company_id",)),
        Column("confidence", SHARE, "置信度", "how sure it is", unit="share"),
        text("origin", "来源", "where the id comes from", nullable=False),
        text("source_table", "来源表", "table that taught it", nullable=False),
        Column("hit_count", COUNT, "命中数", "rows that taught it", unit="rows"),
        RUN,
    ),
    primary_key=("period", "lookup_type", "lookup_key"),
    scope=("period",),
    partition="month",
)

COMPANY_QUEUE = TableContract(
    key="annuity.silver.company_queue",
    version="1.0.0",
    label="公司代码待查",
    description="Names that still go by a temporary id, and how far the search for their company is.",
    grain="one row per cleaned customer name",
    owner=OWNER,
    columns=(
        text("customer_name", "客户名称", "cleaned name", nullable=False, personal=NAME),
        text(
            "temporary_id",
            "临时代码",
            "id the name goes by until it is known",
            nullable=False,
            sources=("company_id",),
        ),
        text(
            "state",
            "状态",
            "pending, processing, done or failed",
            nullable=False,
            checks=(Check("known_state", one_of=QUEUE_STATES),),
        ),
        Column("attempts", COUNT, "尝试次数", "calls that were made", unit="calls"),
        Column("next_try_at", STAMP, "下次尝试", "not before then", nullable=True),
        Column("last_tried_at", STAMP, "上次尝试", "when it was tried last", nullable=True),
        text("company_id", "company_id", "the company, once it is known", sources=("look_up",)),
        text("company_id_origin", "company_id来源", "source or look_up", sources=("look_up",)),
        text("matched_name", "匹配名称", "name that answered", personal=NAME),
        Column("confidence", SHARE, "置信度", "how sure the answer is", unit="share", nullable=True),
        text("error", "错误", "why the last try gave no id"),
        stamp("first_seen_period", DAY, "首次出现月度", "month that needed the name first"),
        RUN,
    ),
    primary_key=("customer_name",),
    partition="month",
    write_mode=WriteMode.UPSERT,
    indexes=(("state", "next_try_at"),),
)

COMPANY_REKEY = TableContract(
    key="annuity.silver.company_rekey",
    version="1.0.0",
    label="公司代码替换",
    description="Temporary ids of a month whose company has become known; facts are built with these.",
    grain="one row per month and temporary id",
    owner=OWNER,
    columns=(
        Column("period", DAY, "月度", "month whose rows carry the temporary id", role=Role.LINEAGE),
        text("temporary_id", "临时代码", "id that is replaced", nullable=False),
        text("company_id", "company_id", "id that takes its place", nullable=False),
        text(
            "company_id_origin",
            "company_id来源",
            "where the new id comes from",
            nullable=False,
            checks=(Check("known_origin", one_of=COMPANY_ORIGINS),),
        ),
        text("customer_name", "客户名称", "cleaned name behind the temporary id", personal=NAME),
        Column("confidence", SHARE, "置信度", "how sure the answer is", unit="share", nullable=True),
        stamp("learnt_at", STAMP, "获知时间", "when the answer came"),
        RUN,
    ),
    primary_key=("period", "temporary_id"),
    scope=("period",),
    partition="month",
)
