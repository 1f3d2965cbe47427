-- Plans are made anew each time: one that was made while the tables were empty would read them whole for ever.
--
-- A box of cash never holds less than nothing, at the end of no day from the one its book is kept from: looked at
-- whenever an entry is sealed, of whatever room, and when a book is opened or changed. Who seals holds the head of the
-- chain, so what is looked at here is all there is: two payments at once cannot both take the same note.

-- `day` is the first day on which anything changed: from its month on the lines are read, before it the totals.
CREATE FUNCTION accounting_require_cash(client bigint, box bigint, since date, day date) RETURNS void
    LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_custom_plan
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    account record;
    cut date := date_trunc('month', day)::date;
    first date := greatest(day, since);
    opening numeric;
    wrong record;
BEGIN
    SELECT a.number, a.currency <> '' AS is_foreign INTO account FROM accounting_account a
        WHERE a.company_id = client AND a.id = box;
    SELECT coalesce(sum(CASE WHEN account.is_foreign THEN t.amount_foreign ELSE t.debit - t.credit END), 0) INTO opening
        FROM accounting_accounttotal t
        WHERE t.company_id = client AND t.account_id = box AND t.month < cut;
    SELECT r.day, r.balance INTO wrong FROM (
        SELECT m.day, opening + sum(sum(m.amount)) OVER (ORDER BY m.day) AS balance FROM (
            SELECT greatest(l.date, first) AS day,
                   CASE WHEN account.is_foreign THEN coalesce(l.amount_foreign, 0) ELSE l.debit - l.credit END AS amount
            FROM (  -- in the order of the account's own index
                SELECT x.date, x.debit, x.credit, x.amount_foreign, x.entry_id FROM accounting_entryline x
                WHERE x.company_id = client AND x.account_id = box AND x.date >= cut
                ORDER BY x.account_id, x.date OFFSET 0
            ) AS l
            WHERE (SELECT e.number FROM accounting_journalentry e WHERE e.id = l.entry_id) IS NOT NULL
            UNION ALL SELECT first, 0
        ) AS m GROUP BY m.day
    ) AS r WHERE r.balance < 0 ORDER BY r.day LIMIT 1;
    IF FOUND THEN
        PERFORM accounting_raise('cash.below_zero', format('%s %s %s', account.number, wrong.day, wrong.balance));
    END IF;
END $$;

CREATE FUNCTION accounting_cash_guard() RETURNS trigger
    LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_custom_plan
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    box record;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM accounting_cashbook b
                   WHERE b.kind = 'cash' AND b.company_id = (SELECT n.company_id FROM new_entries n LIMIT 1)) THEN
        RETURN NULL;
    END IF;
    FOR box IN
        WITH touched AS MATERIALIZED (
            SELECT l.company_id, l.account_id, min(l.date) AS day
            FROM new_entries n
            CROSS JOIN LATERAL (  -- each entry by its key, whatever is known of the tables
                SELECT x.company_id, x.account_id, x.date FROM accounting_entryline x
                WHERE x.company_id = n.company_id AND x.entry_id = n.id ORDER BY x.position OFFSET 0
            ) AS l
            WHERE n.number IS NOT NULL
            GROUP BY 1, 2
        )
        SELECT b.company_id, b.account_id, b.kept_from, t.day FROM touched t
        JOIN accounting_cashbook b ON b.company_id = t.company_id AND b.account_id = t.account_id
        WHERE b.kind = 'cash' ORDER BY b.account_id
    LOOP
        PERFORM accounting_require_cash(box.company_id, box.account_id, box.kept_from, box.day);
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER cash_guard AFTER UPDATE ON accounting_journalentry
    REFERENCING NEW TABLE AS new_entries FOR EACH STATEMENT EXECUTE FUNCTION accounting_cash_guard();

-- The head of the chain is held first, as those who seal do: nobody posts what this look does not see.
CREATE FUNCTION accounting_cash_book_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.last_number < OLD.last_number THEN
        PERFORM accounting_raise('cash.number', 'numbers never go back');
    END IF;
    IF NEW.kind = 'cash' AND (TG_OP = 'INSERT'
            OR (OLD.kind, OLD.account_id, OLD.kept_from) IS DISTINCT FROM (NEW.kind, NEW.account_id, NEW.kept_from)) THEN
        INSERT INTO accounting_ledgerhead (company_id, position, digest) VALUES (NEW.company_id, 0, ''::bytea)
            ON CONFLICT (company_id) DO NOTHING;
        PERFORM 1 FROM accounting_ledgerhead h WHERE h.company_id = NEW.company_id FOR UPDATE;
        PERFORM accounting_require_cash(NEW.company_id, NEW.account_id, NEW.kept_from, NEW.kept_from);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER cash_book_guard AFTER INSERT OR UPDATE ON accounting_cashbook
    FOR EACH ROW EXECUTE FUNCTION accounting_cash_book_guard();
