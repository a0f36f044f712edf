"""The retail tables in the order in which they are built: drops, what is made of them as a whole, months, marts."""

from typing import Final

from work_data_hub.domain.kernel.build import TableBuild
from work_data_hub.domain.retail.bronze.intakes import INTAKES
from work_data_hub.domain.retail.contracts.customers import (
    CLUSTER_PROFILE,
    COHORT_RETENTION,
    CUSTOMER_360,
    CUSTOMER_CLUSTER,
)
from work_data_hub.domain.retail.contracts.gold import (
    CATEGORY_PERF,
    CUSTOMER_DIM,
    DATE_DIM,
    KPI_RAW_VS_SILVER,
    MART_METHODS,
    ORDER_FACT,
    ORDERS_DAILY,
    PRODUCT_DIM,
    QUALITY_RESULTS,
    SALES_DAILY,
)
from work_data_hub.domain.retail.contracts.silver import (
    CATEGORY_MAP,
    CONTOSO_LINE,
    CUSTOMER_XWALK,
    FX_RATES,
    PRODUCT_XWALK,
    SALES_LINE,
    SOURCE_CUSTOMER,
    SOURCE_PRODUCT,
)
from work_data_hub.domain.retail.customers.cluster_profile import CLUSTER_PROFILE_INPUTS, make_cluster_profile
from work_data_hub.domain.retail.customers.clusters import CUSTOMER_CLUSTER_INPUTS, clusters
from work_data_hub.domain.retail.customers.cohorts import COHORT_INPUTS, make_cohort_retention
from work_data_hub.domain.retail.customers.customers import CUSTOMER_360_INPUTS, make_customer_360
from work_data_hub.domain.retail.gold.category_perf import CATEGORY_PERF_INPUTS, make_category_perf
from work_data_hub.domain.retail.gold.dimensions import (
    CUSTOMER_DIM_INPUTS,
    DATE_DIM_INPUTS,
    PRODUCT_DIM_INPUTS,
    make_customer_dim,
    make_date_dim,
    make_product_dim,
)
from work_data_hub.domain.retail.gold.kpis import KPI_RAW_VS_SILVER_INPUTS, make_kpi_raw_vs_silver
from work_data_hub.domain.retail.gold.mart_methods import MART_METHODS_INPUTS, make_mart_methods
from work_data_hub.domain.retail.gold.orders import ORDER_FACT_INPUTS, make_order_fact
from work_data_hub.domain.retail.gold.orders_daily import ORDERS_DAILY_INPUTS, make_orders_daily
from work_data_hub.domain.retail.gold.quality import QUALITY_RESULTS_INPUTS, make_quality_results
from work_data_hub.domain.retail.gold.sales_daily import SALES_DAILY_INPUTS, make_sales_daily
from work_data_hub.domain.retail.ports import Clusterer
from work_data_hub.domain.retail.silver.categories import CATEGORY_MAP_INPUTS, make_category_map
from work_data_hub.domain.retail.silver.contoso_line import CONTOSO_LINE_INPUTS, make_contoso_line
from work_data_hub.domain.retail.silver.crosswalks import (
    CUSTOMER_XWALK_INPUTS,
    PRODUCT_XWALK_INPUTS,
    make_customer_xwalk,
    make_product_xwalk,
)
from work_data_hub.domain.retail.silver.rates import FX_RATE_INPUTS, make_fx_rate
from work_data_hub.domain.retail.silver.sales_line import SALES_LINE_INPUTS, make_sales_line
from work_data_hub.domain.retail.silver.source_customers import SOURCE_CUSTOMER_INPUTS, make_source_customer
from work_data_hub.domain.retail.silver.source_products import SOURCE_PRODUCT_INPUTS, make_source_product

__all__ = ["INTAKES", "RELEASABLE", "builds"]

RELEASABLE: Final = tuple(
    contract.key
    for contract in (
        DATE_DIM,
        PRODUCT_DIM,
        CUSTOMER_DIM,
        SALES_DAILY,
        ORDERS_DAILY,
        CATEGORY_PERF,
        CUSTOMER_360,
        COHORT_RETENTION,
        MART_METHODS,
    )
)

_BEFORE_MONTHS: Final = (
    TableBuild(CONTOSO_LINE, CONTOSO_LINE_INPUTS, make_contoso_line),
    TableBuild(FX_RATES, FX_RATE_INPUTS, make_fx_rate),
    TableBuild(SOURCE_PRODUCT, SOURCE_PRODUCT_INPUTS, make_source_product),
    TableBuild(CATEGORY_MAP, CATEGORY_MAP_INPUTS, make_category_map),
    TableBuild(SOURCE_CUSTOMER, SOURCE_CUSTOMER_INPUTS, make_source_customer),
    TableBuild(PRODUCT_XWALK, PRODUCT_XWALK_INPUTS, make_product_xwalk),
    TableBuild(CUSTOMER_XWALK, CUSTOMER_XWALK_INPUTS, make_customer_xwalk),
    TableBuild(DATE_DIM, DATE_DIM_INPUTS, make_date_dim),
    TableBuild(PRODUCT_DIM, PRODUCT_DIM_INPUTS, make_product_dim),
    TableBuild(CUSTOMER_DIM, CUSTOMER_DIM_INPUTS, make_customer_dim),
)
_MONTHS: Final = (
    TableBuild(SALES_LINE, SALES_LINE_INPUTS, make_sales_line),
    TableBuild(ORDER_FACT, ORDER_FACT_INPUTS, make_order_fact),
    TableBuild(SALES_DAILY, SALES_DAILY_INPUTS, make_sales_daily),
    TableBuild(ORDERS_DAILY, ORDERS_DAILY_INPUTS, make_orders_daily),
    TableBuild(CATEGORY_PERF, CATEGORY_PERF_INPUTS, make_category_perf),
    TableBuild(CUSTOMER_360, CUSTOMER_360_INPUTS, make_customer_360),
    TableBuild(KPI_RAW_VS_SILVER, KPI_RAW_VS_SILVER_INPUTS, make_kpi_raw_vs_silver),
    TableBuild(QUALITY_RESULTS, QUALITY_RESULTS_INPUTS, make_quality_results),
)


def builds(clusterer: Clusterer) -> tuple[TableBuild, ...]:
    """Give the builds; what finds clusters comes from outside."""
    return (
        *_BEFORE_MONTHS,
        *_MONTHS,
        TableBuild(CUSTOMER_CLUSTER, CUSTOMER_CLUSTER_INPUTS, clusters(clusterer)),
        TableBuild(CLUSTER_PROFILE, CLUSTER_PROFILE_INPUTS, make_cluster_profile),
        TableBuild(COHORT_RETENTION, COHORT_INPUTS, make_cohort_retention),
        TableBuild(MART_METHODS, MART_METHODS_INPUTS, make_mart_methods),
    )
