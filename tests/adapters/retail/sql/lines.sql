-- Ten-thousandths of a local unit become euro cents, half a cent going away from zero.
CREATE MACRO cents(amount, rate) AS (sign(amount) * ((2 * abs(amount)::HUGEINT * 1000000 + rate) // (2 * rate)))::DECIMAL(18, 0);
CREATE MACRO euros(amount, rate) AS (cents(amount, rate) * 0.01::DECIMAL(3, 2))::DECIMAL(18, 2);

-- One line for both brands. An invoice that stands in both sheets is taken from the second.
CREATE TABLE lines AS
WITH once AS (
    SELECT * FROM raw_eurostyle
    WHERE sheet = 2 OR invoice NOT IN (SELECT invoice FROM raw_eurostyle WHERE sheet = 2)
), typed AS (
    SELECT *, upper(trim(code)) AS sku,
           CASE WHEN regexp_full_match(upper(trim(code)), getvariable('fees')) THEN 'fee'
                WHEN regexp_full_match(upper(trim(code)), getvariable('adjustments')) THEN 'adjustment'
                WHEN regexp_full_match(upper(trim(code)), getvariable('tests')) THEN 'test'
                ELSE 'product' END AS kind
    FROM once
)
SELECT 'EUROSTYLE' AS brand, invoice AS order_id, sku, customer::VARCHAR AS customer, moment::DATE AS day,
       date_trunc('month', moment)::DATE AS month, country,
       CASE WHEN country IN (SELECT unnest(getvariable('north'))) THEN 'North'
            WHEN country IN (SELECT unnest(getvariable('south'))) THEN 'South' ELSE 'Other' END AS region,
       CASE WHEN starts_with(invoice, 'A') THEN 'adjustment'
            WHEN starts_with(invoice, 'C') THEN 'cancellation'
            WHEN kind <> 'product' THEN kind
            WHEN quantity < 0 THEN 'adjustment'
            WHEN price = 0 AND customer IS NULL AND NOT getvariable('nobody_buys_for_nothing') THEN 'adjustment'
            ELSE 'sale' END AS type,
       kind, quantity, price, quantity * (price * 10000)::BIGINT AS paid, quantity * (price * 10000)::BIGINT AS list,
       NULL::BIGINT AS cost, NULL::VARCHAR AS category, (SELECT rate FROM rates WHERE currency = 'GBP') AS rate
FROM typed WHERE kind <> 'test'
UNION ALL
SELECT 'CONTOSO', sale_id, product_id, customer_id, sales.day, date_trunc('month', sales.day)::DATE, sales.country,
       CASE WHEN sales.country IN (SELECT unnest(getvariable('north'))) THEN 'North' ELSE 'South' END,
       'sale', 'product', quantity, price, (items.total * 10000)::BIGINT, quantity * (items.list * 10000)::BIGINT,
       quantity * (cost * 10000)::BIGINT,
       CASE category WHEN 'Shoes' THEN 'Footwear' ELSE 'Apparel' END,
       (SELECT rate FROM rates WHERE currency = 'EUR')
FROM items JOIN sales USING (sale_id) LEFT JOIN products USING (product_id);

-- An order is an invoice or sale with a sale line; its returns are product lines of cancellations.
CREATE TABLE orders AS
SELECT brand, order_id, any_value(customer) AS customer, min(day) AS day, min(month) AS month, any_value(region) AS region,
       any_value(rate) AS rate, bool_or(type = 'sale') AS is_order, count(*) AS lines,
       count(DISTINCT sku) FILTER (type = 'sale') AS products,
       coalesce(sum(quantity) FILTER (type = 'sale'), 0) AS units,
       coalesce(sum(-quantity) FILTER (type = 'cancellation' AND kind = 'product'), 0) AS return_units,
       coalesce(sum(list) FILTER (type = 'sale'), 0) AS gmv_list,
       coalesce(sum(paid) FILTER (type = 'sale'), 0) AS gmv_paid,
       coalesce(sum(-paid) FILTER (type = 'cancellation' AND kind = 'product'), 0) AS returned,
       coalesce(sum(paid) FILTER (kind = 'fee' AND type IN ('fee', 'cancellation')), 0) AS fees,
       sum(cost) FILTER (type = 'sale') AS cost
FROM lines GROUP BY brand, order_id;

-- What margin a value of sale lines holds, in tenths of ten-thousandths: known cost, or four tenths of what was paid.
CREATE MACRO margin(paid, cost, brand) AS CASE brand WHEN 'CONTOSO' THEN 10 * (paid - cost) ELSE 4 * paid END;
