-- The files as they lie there; the sheet's number and the row's place in it come with the EuroStyle lines.
CREATE TABLE raw_eurostyle AS
SELECT 1 AS sheet, file_row_number AS row, Invoice AS invoice, StockCode AS code, Description AS text,
       Quantity AS quantity, InvoiceDate AS moment, Price::DECIMAL(18, 4) AS price, "Customer ID" AS customer, Country AS country
FROM read_parquet(getvariable('data') || '/online_retail_ii/year_2009-2010.parquet', file_row_number = true)
UNION ALL
SELECT 2, file_row_number, Invoice, StockCode, Description, Quantity, InvoiceDate, Price::DECIMAL(18, 4), "Customer ID", Country
FROM read_parquet(getvariable('data') || '/online_retail_ii/year_2010-2011.parquet', file_row_number = true);

CREATE MACRO store(name) AS TABLE
SELECT * FROM read_csv(getvariable('data') || '/european_fashion_store/dataset_fashion_store_' || name || '.csv', all_varchar = true);

CREATE TABLE sales AS
SELECT sale_id, channel, total_amount::DECIMAL(18, 4) AS total, sale_date::DATE AS day, customer_id, country FROM store('sales');

CREATE TABLE items AS
SELECT item_id::BIGINT AS item_id, sale_id, product_id, quantity::BIGINT AS quantity, original_price::DECIMAL(18, 4) AS list,
       unit_price::DECIMAL(18, 4) AS price, item_total::DECIMAL(18, 4) AS total, sale_date::DATE AS day,
       discount_percent, discounted
FROM store('salesitems');

CREATE TABLE products AS
SELECT product_id, category, catalog_price::DECIMAL(18, 4) AS list, cost_price::DECIMAL(18, 4) AS cost FROM store('products');

CREATE TABLE customers AS SELECT customer_id, country, signup_date::DATE AS signup FROM store('customers');

-- The newest rate that is not after the valuation date, in hundred-millionths; the euro is its own.
CREATE TABLE rates AS
SELECT currency, (max_by(units_per_eur, date)::DECIMAL(28, 8) * 100000000)::BIGINT AS rate, max(date) AS day
FROM read_parquet(getvariable('data') || '/ecb_reference_rates/units_per_eur.parquet')
WHERE date <= getvariable('valuation_date') GROUP BY currency
UNION ALL SELECT 'EUR', 100000000, getvariable('valuation_date');
