-- Every known customer of a brand with an order up to a day, as of that day; the window is the 365 days that end with it.
WITH known AS (
    SELECT * FROM orders WHERE brand = $brand AND customer IS NOT NULL AND day <= $as_of
), measured AS (
    SELECT customer, min(day) FILTER (is_order) AS first_day, max(day) FILTER (is_order) AS last_day,
           count(*) FILTER (is_order) AS orders, sum(units)::BIGINT AS units, sum(gmv_paid) AS gmv, sum(returned) AS returned,
           any_value(rate) AS rate,
           count(*) FILTER (is_order AND day > $as_of::DATE - 365) AS frequency,
           coalesce(sum(gmv_paid) FILTER (is_order AND day > $as_of::DATE - 365), 0) AS monetary,
           avg(products) FILTER (is_order AND day > $as_of::DATE - 365) AS basket,
           count(DISTINCT day) FILTER (is_order) AS days
    FROM known GROUP BY customer HAVING bool_or(is_order)
), valued AS (
    SELECT *, $as_of::DATE - last_day AS recency, euros(monetary, rate * nullif(frequency, 0)) AS average FROM measured
)
SELECT customer, first_day, last_day, orders, units, euros(gmv, rate) AS gmv, recency, frequency,
       euros(monetary, rate) AS monetary, average,
       CASE WHEN recency <= 30 THEN 3 WHEN recency <= 90 THEN 2 ELSE 1 END AS r,
       CASE WHEN frequency >= 6 THEN 3 WHEN frequency >= 2 THEN 2 ELSE 1 END AS f,
       CASE WHEN average >= 100 THEN 3 WHEN average >= 40 THEN 2 ELSE 1 END AS m,
       recency > 90 AS churned, basket, (last_day - first_day) / nullif(days - 1, 0) AS between_days,
       CASE WHEN gmv = 0 THEN 0.0::DOUBLE ELSE returned::DOUBLE / gmv::DOUBLE END AS return_share
FROM valued ORDER BY customer
