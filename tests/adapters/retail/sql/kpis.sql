-- The figures of a month and brand, each rounded once.
SELECT month, brand, count(*) FILTER (is_order) AS orders, sum(units)::BIGINT AS units, sum(return_units)::BIGINT AS return_units,
       euros(sum(gmv_list), any_value(rate)) AS gmv_list, euros(sum(gmv_paid), any_value(rate)) AS gmv_paid,
       euros(sum(returned), any_value(rate)) AS returns, euros(sum(gmv_paid) - sum(returned), any_value(rate)) AS net_revenue,
       euros(sum(fees), any_value(rate)) AS fees,
       euros(sum(gmv_paid), any_value(rate) * nullif(count(*) FILTER (is_order), 0)) AS aov,
       sum(return_units) / nullif(sum(units), 0) AS return_rate,
       euros(margin(sum(gmv_paid), sum(cost), brand), any_value(rate) * 10) AS margin,
       count(DISTINCT customer) FILTER (is_order) AS customers, sum(lines)::BIGINT AS lines
FROM orders GROUP BY month, brand ORDER BY month, brand
