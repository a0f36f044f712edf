-- Months of first orders, and who of them ordered again so many months later; a month without any is a row of zeros.
WITH bought AS (
    SELECT *, min(month) OVER (PARTITION BY brand, customer) AS cohort FROM orders WHERE is_order AND customer IS NOT NULL
), ends AS (
    SELECT brand, max(month) AS last_month FROM orders WHERE is_order GROUP BY brand
), sizes AS (
    SELECT brand, cohort, count(DISTINCT customer) AS size, any_value(rate) AS rate FROM bought GROUP BY brand, cohort
), cells AS (
    SELECT sizes.*, months FROM sizes JOIN ends USING (brand), range(0, date_diff('month', cohort, last_month) + 1) AS t(months)
), active AS (
    SELECT brand, cohort, date_diff('month', cohort, month) AS months, count(DISTINCT customer) AS active, sum(gmv_paid) AS gmv
    FROM bought GROUP BY brand, cohort, months
)
SELECT brand, cohort, months, size, coalesce(active, 0) AS active, coalesce(active, 0) / size AS retention,
       euros(coalesce(gmv, 0), rate) AS gmv
FROM cells LEFT JOIN active USING (brand, cohort, months) ORDER BY brand, cohort, months
