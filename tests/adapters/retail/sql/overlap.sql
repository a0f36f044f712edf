WITH shared AS (
    SELECT invoice FROM raw_eurostyle GROUP BY invoice HAVING count(DISTINCT sheet) = 2
), counted AS (
    SELECT sheet, invoice, code, text, quantity, moment, price, customer, country, count(*) AS times
    FROM raw_eurostyle WHERE invoice IN (FROM shared) GROUP BY ALL
)
SELECT (SELECT count(*) FROM raw_eurostyle WHERE sheet = 1 AND invoice IN (FROM shared)) AS overlap_lines,
       (SELECT count(*) FROM shared) AS overlap_invoices,
       (SELECT count(*) FROM (
            (SELECT * EXCLUDE (sheet) FROM counted WHERE sheet = 1 EXCEPT ALL SELECT * EXCLUDE (sheet) FROM counted WHERE sheet = 2)
            UNION ALL
            (SELECT * EXCLUDE (sheet) FROM counted WHERE sheet = 2 EXCEPT ALL SELECT * EXCLUDE (sheet) FROM counted WHERE sheet = 1)
       )) AS overlap_differences
