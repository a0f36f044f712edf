"""Gold tables about customers: as of a day, in clusters, by cohort."""

from typing import Final

from work_data_hub.domain.kernel.columns import count, flag, text
from work_data_hub.domain.kernel.contract import DAY, Column
from work_data_hub.domain.retail.contracts.shapes import SYSTEM, euros, monthly_gold, ratio, whole_gold

_CUSTOMER: Final = text("customer_id", "Customer", "customer of the brand", nullable=False)

CUSTOMER_360: Final = monthly_gold(
    "customer_360",
    "Customers as of a day",
    "Every known customer with an order up to the brand's as-of date of the month: RFM, segment, stage and habits.",
    "one row per month, brand and customer",
    (
        Column(
            "as_of_date",
            DAY,
            "As of",
            "the brand's last day of orders in the month",
        ),
        SYSTEM,
        _CUSTOMER,
        text("unified_customer_id", "Unified customer", "id across brands", nullable=False),
        Column("first_order_date", DAY, "First order", "day of the first order"),
        Column("last_order_date", DAY, "Last order", "day of the last order"),
        count("orders", "Orders", "orders ever", unit="orders"),
        count("units", "Units", "units ever", unit="units"),
        euros("gmv_eur", "GMV paid", "value of all orders"),
        count("recency_days", "Recency", "days since the last order", unit="days"),
        count("frequency", "Frequency", "orders in the last 365 days", unit="orders"),
        euros("monetary_eur", "Monetary", "value of the orders in the last 365 days"),
        euros(
            "average_order_value_eur",
            "Average order value",
            "monetary by frequency; null without an order in 365 days",
            nullable=True,
        ),
        count("r_score", "R score", "1 to 3", unit="score"),
        count("f_score", "F score", "1 to 3", unit="score"),
        count("m_score", "M score", "1 to 3, by the average order value", unit="score"),
        text("segment", "Segment", "name of the RFM segment", nullable=False),
        text("lifecycle_stage", "Lifecycle stage", "new, active, at_risk or churned", nullable=False),
        flag("is_churned", "Churned", "no order for more than the configured days"),
        ratio(
            "basket_diversity",
            "Basket diversity",
            "different products per order in 365 days, on average",
            unit="products",
        ),
        ratio(
            "inter_purchase_days",
            "Days between orders",
            "average days from one order day to the next; null for one",
            unit="days",
        ),
        ratio("return_share", "Return share", "returned value by value bought, ever", nullable=False),
        count("brand_count", "Brands", "brands the unified customer buys from", unit="brands"),
        flag("has_both_brands", "Both brands", "the crosswalk finds the customer in both brands"),
    ),
    key=("source_system", "customer_id"),
)

CUSTOMER_CLUSTER: Final = whole_gold(
    "customer_cluster",
    "Customer clusters",
    "Customers grouped by how they buy, as of each brand's last day of data.",
    "one row per brand and customer",
    (
        SYSTEM,
        _CUSTOMER,
        Column("as_of_date", DAY, "As of", "day the features are of"),
        count("cluster", "Cluster", "number of the cluster, the most valuable first", unit="number"),
        text("cluster_name", "Cluster name", "named by what sets its members apart", nullable=False),
    ),
    key=("source_system", "customer_id"),
)

CLUSTER_PROFILE: Final = whole_gold(
    "cluster_profile",
    "Cluster profiles",
    "What the members of each cluster are like, and how well the clusters part.",
    "one row per brand and cluster",
    (
        SYSTEM,
        count("cluster", "Cluster", "number of the cluster", unit="number"),
        text("cluster_name", "Cluster name", "name", nullable=False),
        count("customers", "Customers", "members", unit="customers"),
        euros("mean_monetary_eur", "Monetary", "mean value in 365 days"),
        ratio("mean_frequency", "Frequency", "mean orders in 365 days", unit="orders", nullable=False),
        ratio("mean_recency_days", "Recency", "mean days since the last order", unit="days", nullable=False),
        ratio("mean_basket_diversity", "Basket diversity", "mean products per order", unit="products"),
        ratio("mean_inter_purchase_days", "Days between orders", "mean days between orders", unit="days"),
        ratio("mean_return_share", "Return share", "mean return share", nullable=False),
    ),
    key=("source_system", "cluster"),
)

COHORT_RETENTION: Final = whole_gold(
    "cohort_retention",
    "Cohort retention",
    "Of the customers whose first order fell in a month, how many ordered again so many months later.",
    "one row per brand, cohort month and months since",
    (
        SYSTEM,
        Column("cohort_month", DAY, "Cohort", "month of the first order, its first day"),
        count("months_since", "Months since", "months after the cohort's month", unit="months"),
        count("cohort_customers", "Cohort customers", "customers of the cohort", unit="customers"),
        count(
            "active_customers", "Active customers", "of them with an order in that month", unit="customers"
        ),
        ratio("retention", "Retention", "active by cohort customers", nullable=False),
        euros("gmv_eur", "GMV paid", "value of their orders in that month"),
    ),
    key=("source_system", "cohort_month", "months_since"),
)
