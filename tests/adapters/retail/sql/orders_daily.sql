SELECT day, brand, region, count(*) FILTER (is_order) AS orders, count(DISTINCT customer) FILTER (is_order) AS customers,
       sum(units)::BIGINT AS units, sum(return_units)::BIGINT AS return_units,
       euros(sum(gmv_list), any_value(rate)) AS gmv_list, euros(sum(gmv_paid), any_value(rate)) AS gmv_paid,
       euros(sum(returned), any_value(rate)) AS returns, euros(sum(gmv_paid) - sum(returned), any_value(rate)) AS net_revenue,
       euros(sum(fees), any_value(rate)) AS fees,
       euros(sum(gmv_paid), any_value(rate) * nullif(count(*) FILTER (is_order), 0)) AS aov,
       sum(return_units) / nullif(sum(units), 0) AS return_rate,
       euros(margin(sum(gmv_paid), coalesce(sum(cost), 0), brand), any_value(rate) * 10) AS margin
FROM orders GROUP BY day, brand, region ORDER BY day, brand, region
