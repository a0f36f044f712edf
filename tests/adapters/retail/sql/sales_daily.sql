-- Products with a sale or a return on a day; euro in whole cents.
SELECT day, brand, sku, count(DISTINCT order_id) FILTER (type = 'sale') AS orders,
       coalesce(sum(quantity) FILTER (type = 'sale'), 0)::BIGINT AS units,
       cents(coalesce(sum(list) FILTER (type = 'sale'), 0), any_value(rate))::BIGINT AS gmv_list_cents,
       cents(coalesce(sum(paid) FILTER (type = 'sale'), 0), any_value(rate))::BIGINT AS revenue_cents,
       coalesce(sum(-quantity) FILTER (type = 'cancellation'), 0)::BIGINT AS return_units,
       cents(coalesce(sum(-paid) FILTER (type = 'cancellation'), 0), any_value(rate))::BIGINT AS returns_cents
FROM lines WHERE kind = 'product' AND type IN ('sale', 'cancellation') GROUP BY day, brand, sku ORDER BY day, brand, sku
