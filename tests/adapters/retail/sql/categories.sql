-- Contoso's categories by month; EuroStyle's come from keyword rules and are held to the month's sum elsewhere.
SELECT month, brand, category, euros(sum(paid), any_value(rate)) AS gmv, sum(quantity)::BIGINT AS units,
       count(DISTINCT order_id) AS orders, sum(paid) / sum(sum(paid)) OVER (PARTITION BY month) AS share,
       euros(margin(sum(paid), sum(cost), brand), any_value(rate) * 10) AS margin
FROM lines WHERE brand = 'CONTOSO' AND type = 'sale' GROUP BY month, brand, category ORDER BY month, brand, category
