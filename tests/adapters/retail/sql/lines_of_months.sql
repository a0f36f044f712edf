SELECT month, count(*) FROM lines GROUP BY month ORDER BY month
