-- Rules across rows of open items. The functions that keep the items run with the owner's rights: the program
-- itself may add items and settlements, and change nothing of what they say. Row-level security is forced, so it
-- binds the owner, too.
--
-- The order of locks: items by their id, then those of a posting.

-- An item begins wholly open, on a line of a posted entry, on a control account of its side.
CREATE FUNCTION accounting_item_begins() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    line record;
BEGIN
    SELECT l.account_id, a.control, e.number, c.currency INTO line
    FROM accounting_entryline l
    JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id
    JOIN accounting_account a ON a.company_id = l.company_id AND a.id = l.account_id
    JOIN erp_company c ON c.id = l.company_id
    WHERE l.company_id = NEW.company_id AND l.entry_id = NEW.entry_id AND l.position = NEW.position;
    IF line.number IS NULL THEN
        PERFORM accounting_raise('items.not_posted', 'an item stands on a line of a posted entry');
    ELSIF line.account_id <> NEW.account_id OR line.control <> NEW.side THEN
        PERFORM accounting_raise('items.wrong_account', 'an item stands on a control account of its side');
    ELSIF line.currency = NEW.currency AND NEW.amount <> NEW.base THEN
        PERFORM accounting_raise('items.two_amounts', 'in the own currency both amounts are one');
    END IF;
    NEW.open_amount := NEW.amount;
    NEW.open_base := NEW.base;
    NEW.settled_on := NULL;
    RETURN NEW;
END $$;

CREATE TRIGGER item_begins BEFORE INSERT ON accounting_openitem
    FOR EACH ROW EXECUTE FUNCTION accounting_item_begins();

-- On no day is more settled than there is, nor less than nothing; what is open follows from the settlements.
CREATE FUNCTION accounting_settle_items() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET enable_seqscan = off
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wrong record;
BEGIN
    PERFORM 1 FROM accounting_openitem i
        WHERE (i.company_id, i.id) IN (SELECT n.company_id, n.item_id FROM new_settlements n)
        ORDER BY i.id FOR UPDATE;
    SELECT n.item_id, n.date INTO wrong FROM new_settlements n
        JOIN accounting_openitem i ON i.company_id = n.company_id AND i.id = n.item_id
        WHERE n.date < i.opened_on LIMIT 1;
    IF FOUND THEN
        PERFORM accounting_raise('items.too_early', format('item %s, %s', wrong.item_id, wrong.date));
    END IF;
    SELECT n.item_id INTO wrong FROM new_settlements n
        LEFT JOIN accounting_settlement u ON u.company_id = n.company_id AND u.id = n.undoes_id
        WHERE n.undoes_id IS NOT NULL
          AND (u.id IS NULL OR u.item_id <> n.item_id OR u.amount <> -n.amount OR u.base <> -n.base
               OR u.date > n.date OR u.kind = 'undo') LIMIT 1;
    IF FOUND THEN
        PERFORM accounting_raise('items.wrong_undo', format('item %s', wrong.item_id));
    END IF;
    SELECT r.item_id, r.day INTO wrong FROM (
        SELECT d.item_id, d.day, i.amount AS whole,
               sum(d.amount) OVER (PARTITION BY d.item_id ORDER BY d.day) AS settled
        FROM (SELECT s.company_id, s.item_id, s.date AS day, sum(s.amount) AS amount
              FROM accounting_settlement s
              WHERE (s.company_id, s.item_id) IN (SELECT n.company_id, n.item_id FROM new_settlements n)
              GROUP BY 1, 2, 3) AS d
        JOIN accounting_openitem i ON i.company_id = d.company_id AND i.id = d.item_id
    ) AS r
    WHERE r.settled * sign(r.whole) NOT BETWEEN 0 AND abs(r.whole) LIMIT 1;
    IF FOUND THEN
        PERFORM accounting_raise('items.too_much', format('item %s, %s', wrong.item_id, wrong.day));
    END IF;
    UPDATE accounting_openitem i
        SET open_amount = i.amount - t.amount, open_base = i.base - t.base,
            settled_on = CASE WHEN t.amount = i.amount THEN t.last END
        FROM (SELECT s.company_id, s.item_id, sum(s.amount) AS amount, sum(s.base) AS base, max(s.date) AS last
              FROM accounting_settlement s
              WHERE (s.company_id, s.item_id) IN (SELECT n.company_id, n.item_id FROM new_settlements n)
              GROUP BY 1, 2) AS t
        WHERE i.company_id = t.company_id AND i.id = t.item_id;
    RETURN NULL;
END $$;

CREATE TRIGGER settle_items AFTER INSERT ON accounting_settlement
    REFERENCING NEW TABLE AS new_settlements FOR EACH STATEMENT EXECUTE FUNCTION accounting_settle_items();

-- A line that carries or settles items does so with its whole amount: so the control account follows the items.
CREATE FUNCTION accounting_items_fit_line() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    line record;
    told record;
BEGIN
    SELECT l.debit - l.credit AS base, l.currency, l.amount_foreign, l.account_id, e.number INTO line
    FROM accounting_entryline l
    JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id
    WHERE l.company_id = NEW.company_id AND l.entry_id = NEW.entry_id AND l.position = NEW.position;
    SELECT coalesce(sum(x.base), 0) AS base, coalesce(sum(x.amount), 0) AS amount,
           bool_and(x.account_id = line.account_id) AS same_account,
           bool_and(line.currency IN ('', x.currency)) AS same_currency INTO told
    FROM (
        SELECT i.account_id, i.currency, w.way * i.base AS base, w.way * i.amount AS amount
        FROM accounting_openitem i, LATERAL (SELECT CASE i.side WHEN 'payables' THEN -1 ELSE 1 END AS way) AS w
        WHERE i.company_id = NEW.company_id AND i.entry_id = NEW.entry_id AND i.position = NEW.position
        UNION ALL
        SELECT i.account_id, i.currency, -w.way * s.base, -w.way * s.amount
        FROM accounting_settlement s
        JOIN accounting_openitem i ON i.company_id = s.company_id AND i.id = s.item_id,
        LATERAL (SELECT CASE i.side WHEN 'payables' THEN -1 ELSE 1 END AS way) AS w
        WHERE s.company_id = NEW.company_id AND s.entry_id = NEW.entry_id AND s.position = NEW.position
    ) AS x;
    IF line.number IS NULL THEN
        PERFORM accounting_raise('items.not_posted', 'items stand on lines of posted entries');
    ELSIF NOT told.same_account OR NOT told.same_currency THEN
        PERFORM accounting_raise('items.wrong_account', 'a line settles items of its account and currency');
    ELSIF told.base <> line.base OR (line.currency <> '' AND told.amount <> line.amount_foreign) THEN
        PERFORM accounting_raise('items.line_differs',
            format('entry %s, line %s: %s, its items %s', line.number, NEW.position, line.base, told.base));
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER item_fits_line AFTER INSERT ON accounting_openitem
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION accounting_items_fit_line();
CREATE CONSTRAINT TRIGGER settlement_fits_line AFTER INSERT ON accounting_settlement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION accounting_items_fit_line();

-- Settlements stay as they are, whoever asks: an undo is one more.
CREATE FUNCTION accounting_settlement_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM accounting_raise('ledger.frozen', format('settlement %s is kept as it is', OLD.id));
    RETURN NULL;
END $$;

CREATE TRIGGER settlement_guard BEFORE UPDATE OR DELETE ON accounting_settlement
    FOR EACH ROW EXECUTE FUNCTION accounting_settlement_guard();
CREATE TRIGGER items_stay BEFORE TRUNCATE ON accounting_openitem
    FOR EACH STATEMENT EXECUTE FUNCTION accounting_no_truncate();
CREATE TRIGGER settlements_stay BEFORE TRUNCATE ON accounting_settlement
    FOR EACH STATEMENT EXECUTE FUNCTION accounting_no_truncate();

REVOKE EXECUTE ON FUNCTION accounting_settle_items() FROM PUBLIC;
