WITH joined AS (
    SELECT items.*, sales.day AS header_day, signup FROM items JOIN sales USING (sale_id) JOIN customers USING (customer_id)
), swapped AS (
    SELECT * FROM joined WHERE day <> header_day
      AND month(day) = day(header_day) AND day(day) = month(header_day) AND year(day) = year(header_day)
)
SELECT (SELECT count(*) FROM sales) AS sales, (SELECT count(*) FROM items) AS items,
       (SELECT count(*) FROM products) AS products, (SELECT count(*) FROM customers) AS customers,
       (SELECT count(DISTINCT customer_id) FROM sales) AS buyers,
       (SELECT count(*) FROM swapped) AS date_swapped_lines, (SELECT count(DISTINCT sale_id) FROM swapped) AS date_swapped_sales,
       (SELECT count(*) FROM joined WHERE day <> header_day) - (SELECT count(*) FROM swapped) AS other_dates,
       (SELECT count(DISTINCT sale_id) FROM joined WHERE header_day < signup) AS before_signup_sales,
       (SELECT count(*) FROM items WHERE total <> quantity * price) AS total_differs_lines,
       (SELECT count(*) FROM items WHERE abs(total - quantity * price) > 0.01) AS total_differs_by_more_than_a_cent,
       (SELECT max(abs(total - quantity * price)) FROM items) AS total_differs_by,
       (SELECT count(*) FROM sales JOIN (SELECT sale_id, sum(total) AS items_total FROM items GROUP BY sale_id) USING (sale_id)
        WHERE total = items_total) AS headers_that_tie,
       (SELECT count(*) FROM (SELECT 1 FROM items GROUP BY sale_id, product_id HAVING count(*) > 1)) AS repeated_products,
       (SELECT count(*) FROM sales JOIN customers USING (customer_id) WHERE sales.country <> customers.country) AS foreign_sales,
       (SELECT max(sale_id::BIGINT) - count(*) FROM sales) AS sale_id_gaps,
       (SELECT count(DISTINCT day) FROM sales) AS days,
       (SELECT sum(total) FROM items) AS paid, (SELECT sum(quantity * list) FROM items) AS list
