SELECT sheet, count(*) AS rows, count(DISTINCT invoice) AS invoices, count(DISTINCT code) AS stock_codes,
       count(DISTINCT upper(code)) AS stock_codes_upper, count(DISTINCT customer) AS customers, count(DISTINCT country) AS countries,
       count(*) FILTER (customer IS NULL) AS customer_missing, count(*) FILTER (text IS NULL) AS description_missing,
       count(*) FILTER (text <> trim(text)) AS description_padded,
       count(*) FILTER (starts_with(invoice, 'C')) AS cancellation_lines,
       count(*) FILTER (starts_with(invoice, 'A')) AS adjustment_lines,
       count(*) FILTER (quantity < 0 AND NOT starts_with(invoice, 'C')) AS negative_without_c,
       count(*) FILTER (price = 0) AS zero_price, count(*) FILTER (price < 0) AS negative_price,
       count(*) - count(DISTINCT (invoice, code, text, quantity, moment, price, customer, country)) AS identical_duplicates,
       count(*) FILTER (regexp_full_match(upper(trim(code)), getvariable('tests'))) AS test_code_lines,
       count(*) FILTER (starts_with(invoice, 'C') AND quantity > 0) AS positive_cancellations,
       sum(quantity * price) AS control_sum
FROM raw_eurostyle GROUP BY sheet ORDER BY sheet
